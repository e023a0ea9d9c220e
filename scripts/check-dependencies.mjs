// docs/dependencies.md has one line for each dependency of package.json and none besides, and each runtime
// dependency is imported by the source.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
const [runtimeDoc, developmentDoc = ''] = (
  await readFile(path.join(ROOT, 'docs/dependencies.md'), 'utf8')
).split(/^## Development$/m);

const runtime = Object.keys(manifest.dependencies ?? {});
const problems = [
  ...compare('Runtime', runtime, listedIn(runtimeDoc)),
  ...compare('Development', Object.keys(manifest.devDependencies ?? {}), listedIn(developmentDoc)),
  ...(await unimported(runtime)),
];

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function listedIn(markdown) {
  return [...markdown.matchAll(/^- `([^`]+)`/gm)].map(([, name]) => name);
}

function compare(section, declared, listed) {
  return [
    ...declared.filter((name) => !listed.includes(name)).map((name) => `${section}: ${name} has no line.`),
    ...listed
      .filter((name, index) => !declared.includes(name) || listed.indexOf(name) !== index)
      .map((name) => `${section}: ${name} has a line too many; package.json does not ask for it there.`),
  ];
}

async function unimported(names) {
  const files = await readdir(path.join(ROOT, 'src'), { recursive: true });
  const product = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const texts = await Promise.all(product.map((file) => readFile(path.join(ROOT, 'src', file), 'utf8')));
  const isImported = (name) => texts.some((text) => text.includes(`'${name}'`) || text.includes(`'${name}/`));
  return names
    .filter((name) => !isImported(name))
    .map((name) => `Runtime: ${name} is imported nowhere in src/.`);
}
