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
  private static final long REST_NANOS_MAX = 1_500_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final Duration PATIENT_DEADLINE = Duration.ofSeconds(9);
  private static final Scanned SCANNED = new Scanned("k", KEYS);

  private final SimulatedFleet fleet;
  private final Truth truth;
  private final int waveMax;

  /// @param waveMax writes of bulk at a time
  SimulatedSurroundings(SimulatedFleet fleet, int waveMax) {
    this.fleet = fleet;
    this.waveMax = waveMax;
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
    return fleet.newClient(isPatient(client) ? PATIENT_DEADLINE : DEADLINE).engine();
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
    return isLeisurely(client) ? REST_NANOS_MAX : THINK_NANOS_MAX;
  }

  @Override
  public int waveMax() {
    return waveMax;
  }

  /// Some wait for an answer until nobody can know it any more.
  private static boolean isPatient(String client) {
    return client.endsWith("1") || client.endsWith("3");
  }

  /// Some rest between their calls, and then ask whoever led when they last looked.
  private static boolean isLeisurely(String client) {
    return client.endsWith("0") || client.endsWith("1") || client.endsWith("2");
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
