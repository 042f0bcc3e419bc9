import type { IndexImage } from '@stateward/contract'
import { type Imaged, ImageReader, ImageWriter } from './image.ts'

/** The image of an index that consists of these, in this order. */
export function imageOf(
  format: string,
  ...parts: readonly (Pick<Imaged, 'save' | 'load'> & Partial<Imaged>)[]
): IndexImage {
  return {
    format,
    save() {
      const image = new ImageWriter()
      for (const part of parts) part.save(image)
      return image.parts()
    },
    release: () => parts.flatMap((part) => part.release?.() ?? []),
    load(source) {
      const image = new ImageReader(source)
      for (const part of parts) part.load(image)
    },
  }
}
