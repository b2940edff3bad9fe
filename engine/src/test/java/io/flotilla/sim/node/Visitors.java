package io.flotilla.sim.node;

import io.flotilla.sim.clients.Clients;
import io.flotilla.spi.RandomSource;
import java.time.Duration;

/// Now and then somebody comes who knows of no leader of old, finds who leads now, writes once and
/// goes. Without him everybody would wait for the leader that does not answer, and nobody could
/// tell that it is one no more.
final class Visitors {
  private static final long EVERY_NANOS_MAX = 400_000_000;
  private static final int AT_ONCE = 3;
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final SimulatedFleet fleet;
  private final Clients clients;
  private final RandomSource random;
  private int here;
  private int number;

  Visitors(SimulatedFleet fleet, Clients clients) {
    this.fleet = fleet;
    this.clients = clients;
    this.random = fleet.world().random("visitors");
  }

  void begin() {
    fleet.world().at(random.nextLong(EVERY_NANOS_MAX), this::come);
  }

  private void come() {
    if (clients.isStopped()) {
      return;
    }
    if (here < AT_ONCE) {
      here++;
      clients.visit("v" + ++number, fleet.newClient(DEADLINE).engine(), () -> here--);
    }
    begin();
  }
}
