package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A planted bug: an engine that answers one get in many with what it had answered for that key the
/// time before. To see that a judge finds it.
final class StaleEngine implements InvocationHandler {
  private static final int ONE_IN = 20;

  private final Engine engine;
  private final Map<String, Optional<byte[]>> before = new ConcurrentHashMap<>();
  private final AtomicInteger gets = new AtomicInteger();

  private StaleEngine(Engine engine) {
    this.engine = engine;
  }

  static Engine of(Engine engine) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, new StaleEngine(engine));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    if (method.getName().equals("getAsync") && args != null && args.length == 1) {
      byte[] key = (byte[]) args[0];
      return engine.getAsync(key).thenApply(found -> answer(new String(key, UTF_8), found));
    }
    try {
      return method.invoke(engine, args);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }

  private Optional<byte[]> answer(String key, Optional<byte[]> found) {
    Optional<byte[]> last = before.put(key, found);
    return last != null && gets.incrementAndGet() % ONE_IN == 0 ? last : found;
  }
}
