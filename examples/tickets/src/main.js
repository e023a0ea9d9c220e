import { createApp } from './app.js';
import { readConfig } from './config.js';
import { createStore } from './store.js';

const { port } = readConfig(process.env);
const app = createApp({ store: createStore() });

app.listen(port, () => {
  console.log(`Tickets on http://localhost:${app.address().port}`);
});
