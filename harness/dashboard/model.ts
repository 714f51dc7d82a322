import type { TextRange } from '../model/place.ts';

/** A language in which a panel asks, by the type of its data source. */
export type QueryLanguage = 'promql' | 'logql' | 'jaeger';

/** What a dashboard writes under `datasource`. */
export interface DataSourceRef {
  readonly type: string | undefined;
  readonly uid: string | undefined;
  /** True for a bare text, the name that older dashboards have. */
  readonly isName: boolean;
  readonly range: TextRange;
}
/** A text of the dashboard, and where its string stands in the JSON, quotes included. */
export interface Written {
  readonly text: string;
  readonly range: TextRange;
  /** Of a text that is put together: which part comes from which value. */
  readonly parts?: readonly { readonly from: number; readonly to: number; readonly range: TextRange }[];
}
export interface PanelQuery {
  readonly refId: string;
  readonly expr: Written | undefined;
  /** Undefined: of a data source whose language nobody here speaks. */
  readonly language: QueryLanguage | undefined;
  readonly dataSource: DataSourceRef | undefined;
  readonly isInstant: boolean;
  /** Not asked by Grafana either. */
  readonly isHidden: boolean;
  /** Least step, e.g. `1m`. */
  readonly interval: string | undefined;
  /** What its data source says of how often is scraped; undefined: nothing. */
  readonly scrapeInterval?: string | undefined;
  readonly legend: string | undefined;
  readonly range: TextRange;
}
export interface Panel {
  /** 0-based path in the dashboard: `['panels', 2]`. */
  readonly path: readonly (string | number)[];
  readonly id: number | undefined;
  readonly title: string;
  readonly type: Written | undefined;
  readonly unit: Written | undefined;
  /** Some series have a unit of their own. */
  readonly hasOwnUnits: boolean;
  /** What stands there when nothing is answered; undefined: nothing may not be the answer. */
  readonly noValue: string | undefined;
  readonly dataSource: DataSourceRef | undefined;
  readonly queries: readonly PanelQuery[];
  readonly grid: { readonly x: number; readonly y: number; readonly w: number; readonly h: number; readonly range: TextRange } | undefined;
  /** Rows that are folded have a layout of their own. */
  readonly row: number | undefined;
  readonly repeat: Written | undefined;
  readonly maxDataPoints: number | undefined;
  readonly interval: string | undefined;
  readonly timeFrom: string | undefined;
  readonly timeShift: string | undefined;
  /** A short range of its own, for findings about the panel. */
  readonly range: TextRange;
}
export interface Variable {
  readonly name: Written;
  readonly type: string;
  /** For `custom`, `interval`, `constant`, `textbox`: its values as written. */
  readonly query: Written | undefined;
  readonly regex: string;
  /** It may hold several values at a time. */
  readonly isMany: boolean;
  readonly includeAll: boolean;
  readonly allValue: string | undefined;
  /** What the file says is chosen. */
  readonly current: readonly string[];
  readonly language: QueryLanguage | undefined;
  readonly dataSource: DataSourceRef | undefined;
}
export interface Dashboard {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly panels: readonly Panel[];
  readonly variables: readonly Variable[];
}
/** One data source that a provisioning file defines. */
export interface DataSource {
  readonly name: string | undefined;
  readonly uid: string | undefined;
  readonly type: string | undefined;
  readonly isDefault: boolean;
  /** How often is scraped: `15s`, under `jsonData`. */
  readonly timeInterval?: string | undefined;
}
