/** An error that the client caused, with the HTTP status that says so. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** What the client sees of an error: nothing of those that it did not cause. */
export function errorReply(error) {
  if (error instanceof HttpError) {
    return { status: error.status, body: { error: error.message } };
  }
  console.error(error);
  return { status: 500, body: { error: 'Something went wrong' } };
}
