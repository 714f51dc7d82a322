/** A request that cannot be answered as hoped: thrown in a handler, answered by the server. */
export class Failure extends Error {
  readonly status: number;
  readonly errorType: string;
  readonly errorCode: string | undefined;

  constructor(status: number, errorType: string, errorCode?: string) {
    super(errorType);
    this.status = status;
    this.errorType = errorType;
    this.errorCode = errorCode;
  }
}
