// Takes the place of the SDK's own part for Node, which brings a validator of JSON Schema along: for elicitation, which
// we do not use. Our inputs are checked by `schema.ts`.
export { default as process } from 'node:process';

/** What the SDK makes for each server, and asks only when it elicits. */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('Nothing is elicited here.');
  }
}
