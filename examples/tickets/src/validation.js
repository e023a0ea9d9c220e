import { HttpError } from './errors.js';

/** The fields of a new ticket from what a client sent. */
export function readNewTicket(input) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new HttpError(400, 'A ticket is an object');
  }
  return { title: requiredText(input, 'title', 120), body: optionalText(input, 'body', 10_000) };
}

/** Trimmed text that must be there. */
export function requiredText(input, name, longest) {
  const text = optionalText(input, name, longest);
  if (text === '') throw new HttpError(400, `${name} is missing`);
  return text;
}

function optionalText(input, name, longest) {
  const value = input[name] ?? '';
  if (typeof value !== 'string') throw new HttpError(400, `${name} is text`);
  if (value.length > longest) throw new HttpError(400, `${name} may have ${longest} characters`);
  return value.trim();
}
