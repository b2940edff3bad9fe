package io.flotilla.sim.node;

import io.flotilla.engine.Engine;
import io.flotilla.sim.clients.Clients;
import io.flotilla.sim.clients.Clients.Regular;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Now and then somebody comes who knows of no leader of old, finds who leads now, writes or draws
/// a moment, and goes. Without him everybody would wait for the leader that does not answer, and
/// nobody could tell that it is one no more.
///
/// Before he goes he tells others of it, who have been here all the time and rest: they look at
/// once, at whoever led when they last looked. They must find it.
final class Visitors {
  private static final long EVERY_NANOS_MAX = 400_000_000;
  private static final int AT_ONCE = 6;
  private static final int REGULARS = 10;
  private static final int TOLD = 2;
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final Duration PATIENT_DEADLINE = Duration.ofSeconds(6);

  private final SimulatedFleet fleet;
  private final Clients clients;
  private final RandomSource random;
  private final List<Regular> regulars = new ArrayList<>();
  private int here;
  private int number;

  Visitors(SimulatedFleet fleet, Clients clients) {
    this.fleet = fleet;
    this.clients = clients;
    this.random = fleet.world().random("visitors");
    for (int i = 1; i <= REGULARS; i++) {
      regulars.add(clients.newRegular("r" + i, fleet.newClient(PATIENT_DEADLINE).engine()));
    }
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
      clients.visit("v" + ++number, newEngine(), this::go);
    }
    begin();
  }

  private Engine newEngine() {
    return fleet.newClient(DEADLINE, random.nextInt(fleet.nodes().size())).engine();
  }

  private void go(@Nullable String key) {
    here--;
    if (key != null && !clients.isStopped()) {
      List<Regular> resting = new ArrayList<>(regulars);
      resting.removeIf(each -> !each.isHere());
      for (int i = 0; i < TOLD && !resting.isEmpty(); i++) {
        resting.remove(random.nextInt(resting.size())).look(key);
      }
    }
  }
}
