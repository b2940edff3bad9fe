package io.flotilla.sim.process;

import io.flotilla.engine.Engine;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An engine that knows nothing: another one every few calls. Confined to one thread.
final class NewcomerEngine implements InvocationHandler {
  private static final int CALLS = 8;

  /// Those that are still open: whoever made a call waits for its answer before the next one.
  private static final int KEPT = 2;

  private final Supplier<Engine> connect;
  private final Deque<Engine> engines = new ArrayDeque<>();
  private int calls;

  private NewcomerEngine(Supplier<Engine> connect) {
    this.connect = connect;
  }

  static Engine of(Supplier<Engine> connect) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            new NewcomerEngine(connect));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    if (method.getName().equals("close")) {
      engines.forEach(Engine::close);
      return null;
    }
    if (calls++ % CALLS == 0) {
      engines.addLast(connect.get());
      if (engines.size() > KEPT) {
        Engine old = engines.removeFirst();
        Thread.ofVirtual().start(old::close);
      }
    }
    try {
      return method.invoke(engines.getLast(), args);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }
}
