/** "VCWB": tells the program's own SQLite files from others. */
export const APPLICATION_ID = 0x56435742;

/** Rises with every change below. The files are rebuilt from the journal, so no migration is ever needed. */
export const SCHEMA_VERSION = 2;

/** More pages than any history needs; a runaway file must fail, not grow. 100 MB. */
const SETTINGS = `
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
  PRAGMA max_page_count = 25600;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

/**
 * `bayesian_stats.db`: one row per closed trade of either account; in `imported`, apart from them, what the earlier system left. Names are the user's (`ENGINE.md` 0.1, 11).
 * Times of trades are New York's; `created_at` is when the record was made, by the computer's clock, UTC in SQLite's own form. `return_pct` is a fraction, money is dollars.
 */
const STATISTICS = `
  CREATE TABLE context_performance (
    id INTEGER PRIMARY KEY,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    trade_timestamp TEXT NOT NULL,
    entry_price REAL NOT NULL,
    exit_price REAL NOT NULL,
    return_pct REAL NOT NULL,
    win INTEGER NOT NULL,
    volume_ratio REAL,
    signal_strength REAL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    recommendation_id TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('manual', 'paper')),
    direction TEXT NOT NULL,
    quantity REAL NOT NULL,
    net_pnl REAL NOT NULL,
    r_multiple REAL NOT NULL,
    p_at_issue REAL NOT NULL,
    UNIQUE (recommendation_id, source)
  );
  CREATE INDEX idx_context ON context_performance (context_type, context_value);
  CREATE TABLE imported (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    contract TEXT,
    action TEXT,
    quantity REAL,
    entry_price REAL,
    exit_price REAL,
    return_pct REAL,
    win INTEGER,
    net_pnl REAL,
    balance REAL,
    simulated INTEGER NOT NULL,
    remarks TEXT NOT NULL,
    original TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
  );
`;

/**
 * `paper_trades.db`: the paper account's trades, open and closed, and its value at each session's end. Columns `*_pct` are
 * percent. `slippage` is points, positive when worse than the signal; `spread` is not simulated.
 */
const PAPER = `
  CREATE TABLE paper_trades (
    trade_id TEXT PRIMARY KEY,
    timestamp TEXT NOT NULL,
    signal_time TEXT NOT NULL,
    execution_time TEXT NOT NULL,
    contract TEXT NOT NULL,
    action TEXT NOT NULL,
    quantity REAL NOT NULL,
    signal_price REAL,
    execution_price REAL NOT NULL,
    slippage REAL,
    spread REAL,
    exit_price REAL,
    exit_time TEXT,
    pnl REAL,
    gross_pnl REAL,
    commission_cost REAL,
    slippage_cost REAL,
    total_transaction_costs REAL,
    status TEXT NOT NULL CHECK (status IN ('OPEN', 'CLOSED')),
    volume_ratio REAL,
    signal_strength REAL,
    bayesian_multiplier REAL,
    confidence REAL,
    portfolio_balance_before REAL,
    portfolio_balance_after REAL,
    portfolio_pct_change REAL,
    exit_reason TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    r_multiple REAL,
    mae_points REAL,
    mfe_points REAL,
    recommendation_id TEXT NOT NULL
  );
  CREATE TABLE portfolio_equity (
    timestamp TEXT PRIMARY KEY,
    balance REAL NOT NULL,
    pnl_today REAL NOT NULL,
    trades_today INTEGER NOT NULL,
    max_balance REAL NOT NULL,
    drawdown_pct REAL NOT NULL
  );
`;

/** Makes `bayesian_stats.db`. */
export const STATISTICS_SCHEMA = `${SETTINGS}${STATISTICS}`;
/** Makes `paper_trades.db`. */
export const PAPER_SCHEMA = `${SETTINGS}${PAPER}`;

/** The tables of both files in one database, for queries. */
export const ALL_SCHEMA = `${SETTINGS}${STATISTICS}${PAPER}`;
