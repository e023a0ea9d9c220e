export { inHeldFolder, LinkInTheWay } from './held-folder.js';
export { FileTooLarge, handlePath, NotAFile, openFile, readSmall, type OpenOptions } from './open-file.js';
