export { inHeldFolder, LinkInTheWay } from './held-folder.js';
export { makeFolders } from './make-folders.js';
export { isNothingThere } from './nothing-there.js';
export { FileTooLarge, handlePath, NotAFile, openFile, readSmall, type OpenOptions } from './open-file.js';
export {
  inTheWay,
  openOwnFile,
  openOwnFileAt,
  requireOwnFolder,
  writeOwnFile,
  type OwnKind,
} from './own-file.js';
export { realPath } from './real-path.js';
export { textOf } from './text-of.js';
