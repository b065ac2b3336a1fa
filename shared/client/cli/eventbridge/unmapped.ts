/** There is nothing here that does the same; the message says what there is not. */
export class Unmapped extends Error {
  override readonly name = 'Unmapped';
}
