package io.flotilla.engine.mvcc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The ranges led on one loop, and for each that rests the safe point from which its collection may
/// pay: of thousands at rest none is looked into in vain. Confined to the loop.
final class GarbageRoll {
  /// Nothing at rest gets due by the passing of time.
  static final long NEVER = Long.MAX_VALUE;

  /// Not at rest: it counts by itself.
  private static final long AWAKE = Long.MIN_VALUE;

  private final List<KvMachine> led = new ArrayList<>();
  private long[] dueFrom = new long[16];

  boolean isEmpty() {
    return led.isEmpty();
  }

  /// A machine that does not rest.
  void add(KvMachine machine) {
    int place = led.size();
    led.add(machine);
    if (place == dueFrom.length) {
      dueFrom = Arrays.copyOf(dueFrom, place * 2);
    }
    machine.placeAt(place);
    dueFrom[place] = AWAKE;
  }

  /// Whoever leaves gives its place to the last one. False if it was not here.
  boolean remove(KvMachine machine) {
    int place = machine.place();
    if (place < 0) {
      return false;
    }
    KvMachine last = led.removeLast();
    if (last != machine) {
      led.set(place, last);
      last.placeAt(place);
      dueFrom[place] = dueFrom[led.size()];
    }
    machine.placeAt(-1);
    return true;
  }

  /// The machine, which is here, comes to rest.
  void rests(KvMachine machine, long safePointWhenDue) {
    dueFrom[machine.place()] = safePointWhenDue;
  }

  /// The machine does not rest any more. Nothing if it is not here.
  void wakes(KvMachine machine) {
    if (machine.place() >= 0) {
      dueFrom[machine.place()] = AWAKE;
    }
  }

  /// Hands out those that may be due at `safePoint`, in no order; [#NEVER]: all.
  void each(long safePoint, Consumer<KvMachine> action) {
    for (int i = 0; i < led.size(); i++) {
      if (dueFrom[i] <= safePoint) {
        action.accept(led.get(i));
      }
    }
  }
}
