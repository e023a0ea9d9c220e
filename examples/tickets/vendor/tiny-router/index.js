/** A table of routes. Patterns are paths whose parts may be parameters: `/tickets/:id`. The first match wins. */
export function createRouter() {
  const routes = [];
  const adder = (method) => (pattern, handler) => {
    routes.push({ method, parts: split(pattern), handler });
  };
  return {
    get: adder('GET'),
    post: adder('POST'),
    delete: adder('DELETE'),
    /** The handler and the decoded parameters, or undefined. */
    match(method, path) {
      const parts = split(path);
      for (const route of routes) {
        const params = route.method === method ? bind(route.parts, parts) : undefined;
        if (params) return { handler: route.handler, params };
      }
      return undefined;
    },
  };
}

function split(path) {
  return path.split('/').filter((part) => part !== '');
}

function bind(pattern, parts) {
  if (pattern.length !== parts.length) return undefined;
  const params = {};
  for (const [index, name] of pattern.entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = decodeURIComponent(parts[index]);
    else if (name !== parts[index]) return undefined;
  }
  return params;
}
