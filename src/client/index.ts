export {
  CLIENT_NAMES,
  CLIENTS,
  settingsFiles,
  signsOfClients,
  type Client,
  type ClientName,
  type SettingsFile,
} from './client.js';
export { briefHooks } from './brief-hooks.js';
export { coverageOf, type Coverage } from './coverage.js';
export { putServer, takeServer } from './edit-mcp.js';
export { putBlock, takeBlock } from './edit-toml.js';
export { putHooks, takeHooks } from './edit-hooks.js';
export {
  fullPath,
  missingFolders,
  readPlace,
  removePlace,
  replacePlace,
  type FilePlace,
} from './file-place.js';
export type { HookEntry } from './hook-entry.js';
export { loadJsonc, type Jsonc } from './jsonc.js';
export {
  ABSENT_SERVER,
  COMMON_SHAPE,
  OPENCODE_SHAPE,
  SHARED_ENTRY,
  type McpEntry,
  type ServerShape,
} from './mcp-entry.js';
export { holdsHooks, holdsServer, mcpFiles, type McpFile } from './mcp-files.js';
export { OPENCODE_PLUGIN, stateOfPlugin } from './opencode-plugin.js';
export { findProgram, versionOf } from './program.js';
export { isPromptEmpty, isTyped, isWokenByKeys } from './prompt.js';
export { SettingsMistake } from './settings-tree.js';
