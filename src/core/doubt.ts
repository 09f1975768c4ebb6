/** Whether nothing could verify a price; absent where it could. */
export interface Doubt {
  readonly unverified?: boolean;
}

/** The doubt about a fill, an exit or a learning row, to be carried on with it. */
export function doubtOf({ unverified }: { readonly unverified?: boolean | undefined }): Doubt {
  return unverified === true ? { unverified } : {};
}
