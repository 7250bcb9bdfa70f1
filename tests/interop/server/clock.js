// The server's clock, which tests move instead of waiting. Everything here and in the packages reads `Date`.

const RealDate = Date;
let aheadMs = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};

/** Moves the clock on by `seconds`, or back if negative. */
export function moveClock(seconds) {
  aheadMs += seconds * 1000;
}

/** The `Date` of an answer: Node's own would come from the clock that is not moved. */
export function httpDate() {
  return new Date().toUTCString();
}
