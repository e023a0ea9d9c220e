export function healthRoutes(router) {
  router.get('/health', () => ({ status: 200, body: { state: 'up' } }));
}
