// zod, which the SDK checks messages with, compiles a function for each shape at its first use. A session sends few
// messages of few shapes: that takes longer than it saves.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
