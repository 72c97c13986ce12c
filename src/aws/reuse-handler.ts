/** What an SDK command brings along: it builds the chain of middleware that a call of its operation goes through. */
interface Operation<A extends readonly unknown[], H> {
  resolveMiddleware(...args: A): H;
}

/**
 * Lets all calls of an operation share one chain of middleware. SDK 3.523.0 clones, sorts and links the chain anew
 * for every call, a quarter of what a call costs; later SDKs do as we do here (their `cacheMiddleware`). A chain
 * belongs to one client, so each client has a function of its own.
 */
export function createHandlerReuse(): <A extends readonly unknown[], H, C extends Operation<A, H>>(
  command: C & Operation<A, H>,
) => C {
  const handlers = new Map<unknown, unknown>();
  return (command) => {
    const build = command.resolveMiddleware.bind(command);
    command.resolveMiddleware = (...args) => {
      const { constructor } = command;
      const handler = handlers.get(constructor) ?? build(...args);
      handlers.set(constructor, handler);
      return handler as ReturnType<typeof build>;
    };
    return command;
  };
}
