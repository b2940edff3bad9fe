package io.flotilla.sim.node;

import io.flotilla.engine.Engine;
import io.flotilla.sim.clients.Surroundings;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Clients of a simulated fleet: its virtual time, its one thread, eight keys.
final class SimulatedSurroundings implements Surroundings {
  static final List<String> KEYS = List.of("ka", "kd", "kg", "kj", "km", "kp", "ks", "kv");

  private static final long THINK_NANOS_MAX = 60_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final Scanned SCANNED = new Scanned("k", KEYS);

  private final SimulatedFleet fleet;
  private final Truth truth;

  SimulatedSurroundings(SimulatedFleet fleet) {
    this.fleet = fleet;
    this.truth = fleet.rules().truth();
  }

  @Override
  public void at(long nanos, Runnable task) {
    fleet.world().at(nanos, task);
  }

  @Override
  public Executor executor() {
    return Runnable::run;
  }

  @Override
  public RandomSource random(String purpose) {
    return fleet.world().random(purpose);
  }

  @Override
  public Engine newEngine(String client) {
    return fleet.newClient(DEADLINE).engine();
  }

  /// What is acknowledged has been applied somewhere.
  @Override
  public void onAcknowledged(String client, String key, @Nullable String value) {
    Broken.check(
        value == null || truth.timestampOf(key, value) != null,
        () -> client + ": " + key + " = " + value + " was acknowledged and is nowhere");
  }

  @Override
  public long thinkNanosMax(String client) {
    return THINK_NANOS_MAX;
  }

  @Override
  public String key(RandomSource random) {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  @Override
  public Scanned scanned() {
    return SCANNED;
  }
}
