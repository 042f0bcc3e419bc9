import { styleText } from 'node:util'

export type Paint = (text: string) => string

export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly cyan: Paint
}

/** Colours, or none where they are not wanted. */
export function palette(wanted: boolean): Palette {
  const paint = (format: keyof Palette): Paint =>
    wanted ? (text) => styleText(format, text, { validateStream: false }) : (text) => text
  return { bold: paint('bold'), dim: paint('dim'), red: paint('red'), green: paint('green'), cyan: paint('cyan') }
}
