// Stands for a client in a terminal: shows a prompt as Codex does, and writes each line that it is given into a file.
import { appendFileSync } from 'node:fs';

const [, , file, typed = '', heeds = 'yes'] = process.argv;
let text = typed;

function draw() {
  const rest = text === '' ? '\u001b[2mAsk for anything\u001b[0m' : text;
  process.stdout.write(`\u001b[2J\u001b[3;1H\u001b[1m›\u001b[0m ${rest}\u001b[3;${3 + text.length}H`);
}

process.stdin.setRawMode(true);
process.stdin.setEncoding('utf8');
process.stdin.on('data', (keys) => {
  for (const key of keys) {
    if (key !== '\r') text += key;
    else if (heeds === 'yes') {
      appendFileSync(file, `${text}\n`);
      text = '';
    }
  }
  draw();
});
draw();
