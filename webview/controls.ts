import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption } from "@vscode/webview-ui-toolkit";
import { type ComponentChild, type ComponentChildren, h } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Makes the browser know the toolkit's elements. The page needs `<meta property="csp-nonce">` for their styles. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption());
}

interface ButtonProps {
  readonly primary?: boolean;
  /** For those who hear it, when the text alone does not say what it acts on. */
  readonly label?: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** A push button. */
export function Button({ primary = false, label, onClick, children }: ButtonProps): ComponentChild {
  return h("vscode-button", { appearance: primary ? "primary" : "secondary", "aria-label": label, onClick }, children);
}

interface DropdownProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly onChange: (value: Value) => void;
}

/** A choice of one of a few. */
export function Dropdown<Value extends string>({
  label,
  value,
  options,
  onChange,
}: DropdownProps<Value>): ComponentChild {
  const element = useRef<HTMLElement & { value?: string }>(null);
  const offered = options.map((option) => option.value).join();
  // The element keeps a selection of its own and takes a value only once it knows the option, after they are drawn. It is told
  // what has changed alone: a list that is open must not jump back. With other options it has forgotten its value.
  useEffect(() => {
    if (element.current !== null) element.current.value = value;
  }, [value, offered]);
  const choose = (event: Event) => {
    const target = event.target;
    const chosen = options.find(
      (option) => target instanceof HTMLElement && "value" in target && target.value === option.value,
    );
    if (chosen !== undefined) onChange(chosen.value);
  };
  return h(
    "vscode-dropdown",
    { ref: element, "aria-label": label, onChange: choose },
    options.map((option) => h("vscode-option", { key: option.value, value: option.value }, option.text)),
  );
}
