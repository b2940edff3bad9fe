package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Readys whose persisting is under way, in order, and what is durable of this peer.
///
/// A later Ready may truncate entries of an earlier one that is not yet persisted. What an
/// acknowledgement says about the log is therefore not what the Ready held when it was taken, but
/// what of it still stands: a truncation cuts all flights down, so that entry 7 of term 2 becoming
/// durable is never mistaken for the entry 7 of term 3 that replaced it.
final class PersistQueue {
  private static final class Flight {
    final long number;
    final @Nullable HardState hardState;
    final long installIndex;
    long lastIndex;

    Flight(long number, long lastIndex, @Nullable HardState hardState, long installIndex) {
      this.number = number;
      this.lastIndex = lastIndex;
      this.hardState = hardState;
      this.installIndex = installIndex;
    }
  }

  private @Nullable ArrayDeque<Flight> flights;
  private long durableTerm;
  private @Nullable PeerId durableVote;
  private long durableIndex;
  private long installedIndex;
  private int installs;

  PersistQueue(HardState hardState, long durableIndex) {
    this.durableTerm = hardState.term();
    this.durableVote = hardState.vote();
    this.durableIndex = durableIndex;
  }

  /// One that goes on where it rested.
  PersistQueue(RestReader in) {
    this.durableTerm = in.number();
    this.durableVote = in.peerOrNull();
    this.durableIndex = in.number();
    this.installedIndex = in.number();
  }

  boolean mayRest() {
    return (flights == null || flights.isEmpty()) && installs == 0;
  }

  void rest(RestWriter out) {
    out.number(durableTerm);
    out.peer(durableVote);
    out.number(durableIndex);
    out.number(installedIndex);
  }

  /// The log up to here is on disk, as it stands in memory.
  long durableIndex() {
    return durableIndex;
  }

  /// Last index of the newest snapshot whose install is finished, 0: none in this life.
  long installedIndex() {
    return installedIndex;
  }

  boolean isInstalling() {
    return installs > 0;
  }

  boolean hasDurableVote(long term, PeerId candidate) {
    return durableTerm == term && candidate.equals(durableVote);
  }

  void add(long number, long lastIndex, @Nullable HardState hardState, long installIndex) {
    if (flights == null) {
      flights = new ArrayDeque<>(4);
    }
    Invariant.check(
        flights.isEmpty() || flights.getLast().number < number, "Readys are numbered up", number);
    flights.add(new Flight(number, lastIndex, hardState, installIndex));
    if (installIndex > 0) {
      installs++;
    }
  }

  void acknowledge(long number) {
    while (flights != null && !flights.isEmpty() && flights.getFirst().number <= number) {
      Flight flight = flights.removeFirst();
      durableIndex = Math.max(durableIndex, flight.lastIndex);
      if (flight.hardState != null) {
        Invariant.check(
            flight.hardState.term() >= durableTerm, "a durable term never falls", durableTerm);
        durableTerm = flight.hardState.term();
        durableVote = flight.hardState.vote();
      }
      if (flight.installIndex > 0) {
        installedIndex = flight.installIndex;
        installs--;
      }
    }
  }

  /// Gives back memory that nothing is in.
  void trim() {
    if (flights != null && flights.isEmpty()) {
      flights = null;
    }
  }

  /// The log was cut: nothing after `lastIndex` is what it was.
  void cutTo(long lastIndex) {
    durableIndex = Math.min(durableIndex, lastIndex);
    if (flights == null) {
      return;
    }
    for (Flight flight : flights) {
      flight.lastIndex = Math.min(flight.lastIndex, lastIndex);
    }
  }

  /// The log starts anew after a snapshot at `index`; its durability is decided by the install.
  void restart(long index) {
    cutTo(index);
    durableIndex = index;
  }
}
