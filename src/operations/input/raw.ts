/** What a face hands over that has the text of a file itself. */
export interface GivenText {
  text: string;
}

/** Input as a face hands it over: not checked yet, lists always as lists. */
export type RawInput = Readonly<Record<string, string | boolean | readonly string[] | GivenText | undefined>>;
