/** Sizes of what is written and drawn, in pixels. */

export const NODE_HEIGHT = 46;
export const HEADER = 42;
export const PAD = 16;
export const NOTE = 18;

/** Near enough to what a browser will need for its system font, and rather too much than too little. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += /[ijlt.,:;'|![\]() ]/.test(letter) ? 0.4 : /[mwMW%@]/.test(letter) ? 0.95 : /[A-Z]/.test(letter) ? 0.72 : 0.65;
  return Math.ceil(width * size);
}

const LONGEST_LABEL = 26;

/** The ports of a flow, as far as there is room for them. */
export function shortened(conn: string): string {
  if (conn === 'All Connections') return 'everything';
  return conn.length <= LONGEST_LABEL ? conn.replace(/,(?=\D)/g, ', ') : `${conn.slice(0, LONGEST_LABEL - 1).replace(/,[^,]*$/, '')}, …`;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box by its upper left corner. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export function moved({ x, y }: Point, by: Point): Point {
  return { x: round(x + by.x), y: round(y + by.y) };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
