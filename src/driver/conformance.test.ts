import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeDriver } from './conformance.js';
import { driverFor } from './index.js';

describeDriver('command', {
  driverRunning: (script, folder) => driverFor(`command:${script}`, { folder }),
  delivers: { send: 'unsupported', interrupt: 'unsupported' },
});

describeDriver('scripted', {
  driverRunning: (script, folder) => {
    const file = `${randomUUID()}.yaml`;
    // JSON is YAML.
    writeFileSync(join(folder, file), JSON.stringify({ default: [{ run: script }] }));
    return driverFor(`scripted:${file}`, { folder });
  },
  delivers: { send: 'delivered', interrupt: 'delivered' },
});
