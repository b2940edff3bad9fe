package io.flotilla.sim.process;

import io.flotilla.engine.Engine;
import io.flotilla.sim.clients.Surroundings;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Clients of real processes: a thread for all of them, an engine with its own connections for
/// each.
///
/// Time goes in *phases*, each with eight keys of its own, in ranges that are cut out while it
/// lasts. Once it is over its ranges fall asleep, and now and then a call wakes one.
final class ProcessSurroundings implements Surroundings, AutoCloseable {
  static final long PHASE_NANOS = 15_000_000_000L;

  private static final String LETTERS = "adgjmpsv";
  private static final long THINK_NANOS_MAX = 20_000_000;
  private static final long RARE_THINK_NANOS_MAX = 1_500_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final int OLD_PHASE_ONE_IN = 8;

  private final ProcessFleet fleet;
  private final RandomSource random;
  private final UnaryOperator<Engine> wrap;
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("clients").factory());
  private final List<Engine> engines = new ArrayList<>();
  private final Set<Acknowledged> acknowledged = new LinkedHashSet<>();
  private final long started = System.nanoTime();

  /// A write that a client was told is there.
  record Acknowledged(String key, String value) {}

  /// @param wrap around each client's engine
  ProcessSurroundings(ProcessFleet fleet, long seed, UnaryOperator<Engine> wrap) {
    this.fleet = fleet;
    this.random = new RandomSource(seed);
    this.wrap = wrap;
  }

  @Override
  public void at(long nanos, Runnable task) {
    loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public RandomSource random(String purpose) {
    return random.fork(purpose);
  }

  @Override
  public Engine newEngine(String client) {
    Engine engine =
        isNewcomer(client)
            ? NewcomerEngine.of(() -> fleet.connect(DEADLINE))
            : fleet.connect(DEADLINE);
    engines.add(engine);
    return wrap.apply(engine);
  }

  private static int number(String client) {
    return client.startsWith("c") ? Integer.parseInt(client.substring(1)) : 0;
  }

  /// Some clients connect anew all the time. They find a new leader while others still believe in
  /// the old one.
  private static boolean isNewcomer(String client) {
    return number(client) % 5 == 4;
  }

  /// Some clients call rarely. They still wait for a node that is paused when others have written
  /// elsewhere.
  private static boolean isRare(String client) {
    return number(client) % 2 == 1;
  }

  @Override
  public void onAcknowledged(String client, String key, @Nullable String value) {
    if (value != null) {
      acknowledged.add(new Acknowledged(key, value));
    }
  }

  /// Every value that is there, or was until it was written over. Once the clients have stopped.
  Set<Acknowledged> acknowledged() {
    return acknowledged;
  }

  @Override
  public long thinkNanosMax(String client) {
    return isRare(client) && !isNewcomer(client) ? RARE_THINK_NANOS_MAX : THINK_NANOS_MAX;
  }

  @Override
  public String key(RandomSource drawn) {
    int phase = phase();
    int which = phase > 0 && drawn.oneIn(OLD_PHASE_ONE_IN) ? drawn.nextInt(phase) : phase;
    return prefix(which) + LETTERS.charAt(drawn.nextInt(LETTERS.length()));
  }

  @Override
  public Scanned scanned() {
    String prefix = prefix(phase());
    List<String> keys = new ArrayList<>();
    LETTERS.chars().forEach(letter -> keys.add(prefix + (char) letter));
    return new Scanned(prefix, keys);
  }

  /// The phase that it is now, from 0 on.
  int phase() {
    return (int) ((System.nanoTime() - started) / PHASE_NANOS);
  }

  /// What all keys of a phase begin with. They sort as the phases do.
  static String prefix(int phase) {
    return String.format(Locale.ROOT, "k%05d/", phase);
  }

  @Override
  public void close() {
    loop.shutdownNow();
    engines.forEach(Engine::close);
  }
}
