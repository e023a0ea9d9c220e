import { expect, test } from 'vitest';
import { givenSessions, put, type Session } from './given-sessions.js';

const notebook = (source: string): string =>
  JSON.stringify({ cells: [{ id: 'c1', cell_type: 'code', source: [source] }], nbformat: 4 }, null, 1);

function replaceCell(session: Session, path: string, source: string) {
  const input = { notebook_path: path, cell_id: 'c1', new_source: source };
  return session.use('NotebookEdit', input, () => put(path, notebook(source)));
}

async function givenNotebook() {
  const given = await givenSessions({ 'n.ipynb': notebook('print(0)') });
  const [ada, bo] = [await given.session(), await given.session()];
  return { ...given, ada, bo, file: given.path('n.ipynb') };
}

test('a cell of a notebook that was never seen, and that another has changed, is refused once', async () => {
  const { ada, bo, file } = await givenNotebook();
  await replaceCell(bo, file, 'work of bo');
  const { refused } = await replaceCell(ada, file, 'x');
  expect(refused).toMatch(/you have not seen: bo wrote it[\s\S]*work of bo/);
  expect((await replaceCell(ada, file, 'x')).refused).toBeUndefined();
});

test('a cell of a notebook that a person has changed since it was seen is refused, with the change', async () => {
  const { ada, file } = await givenNotebook();
  await ada.read('n.ipynb');
  put(file, notebook('of a person'));
  expect((await replaceCell(ada, file, 'x')).refused).toContain('of a person');
  expect((await replaceCell(ada, file, 'x')).refused).toBeUndefined();
});

test('a cell of a notebook that nobody else has changed is not', async () => {
  const { ada, file } = await givenNotebook();
  expect(await replaceCell(ada, file, 'x')).toEqual({});
  expect(await replaceCell(ada, file, 'y')).toEqual({});
});
