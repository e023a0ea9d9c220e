import { errorCode } from '../error/index.js';

/** Bytes that are no text: read as such, what a person wrote would be changed without a word. */
class NotText extends Error {
  override readonly name = 'NotText';

  constructor() {
    super('it is not UTF-8 text');
  }
}

/** The text of a file or of standard input, without a byte order mark. @throws {NotText} when it is not UTF-8. */
export function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (errorCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new NotText();
    throw error;
  }
}
