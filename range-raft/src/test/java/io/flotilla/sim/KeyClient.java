package io.flotilla.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.spi.RandomSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client that alone writes one key, with rising numbers, one at a time, and reads it meanwhile.
/// So every read can be judged: it shows at least what was acknowledged or read before it began,
/// and never more than was ever tried.
final class KeyClient {
  private static final long PATIENCE = 2 * SimFleet.SECOND;

  private final SimFleet fleet;
  private final Key key;
  private final RandomSource random;
  private final Set<Long> refused = new HashSet<>();
  private long tried;
  private long acknowledged;
  private long seen;
  private long reads;
  private final boolean lulls;
  private boolean stopped;

  /// @param lulls rests now and then, and reads more than it writes
  KeyClient(SimFleet fleet, String key, boolean lulls) {
    this.lulls = lulls;
    this.fleet = fleet;
    this.key = SimFleet.key(key);
    this.random = fleet.world().random("client " + key);
  }

  Key key() {
    return key;
  }

  void start() {
    fleet.world().at(random.nextLong(50 * SimFleet.MILLI), this::next);
  }

  void stop() {
    stopped = true;
  }

  long acknowledged() {
    return acknowledged;
  }

  long reads() {
    return reads;
  }

  private void next() {
    if (stopped) {
      return;
    }
    Call call = new Call();
    fleet.world().at(PATIENCE, call::finish);
    if (lulls ? !random.oneIn(12) : random.oneIn(3)) {
      read(call);
    } else {
      write(call);
    }
  }

  /// One request under way; whatever ends it first, the next one follows a little later.
  private final class Call {
    private boolean over;

    boolean isOver() {
      return over;
    }

    void finish() {
      if (!over) {
        over = true;
        boolean rests = lulls && random.oneIn(8);
        long most = rests ? 2 * SimFleet.SECOND : 30 * SimFleet.MILLI;
        fleet.world().at(random.nextLong(most), KeyClient.this::next);
      }
    }
  }

  private void write(Call call) {
    SimStore store = route();
    RangeId range = range();
    if (store == null || range == null) {
      call.finish();
      return;
    }
    long number = ++tried;
    store
        .store()
        .serve(
            range,
            new MapMachine.MapRequest.Put(
                key,
                Long.toString(number).getBytes(UTF_8),
                outcome -> {
                  trace("=" + number + outcome.getClass().getSimpleName());
                  if (outcome instanceof ProposalOutcome.Applied) {
                    acknowledged = Math.max(acknowledged, number);
                  } else if (outcome instanceof ProposalOutcome.Refused) {
                    refused.add(number);
                  }
                  call.finish();
                },
                refusal -> {
                  trace("=" + number + refusal);
                  refused.add(number);
                  call.finish();
                }));
  }

  private void read(Call call) {
    SimStore store = route();
    RangeId range = range();
    if (store == null || range == null) {
      call.finish();
      return;
    }
    long least = Math.max(acknowledged, seen);
    store
        .store()
        .serve(
            range,
            new MapMachine.MapRequest.Get(
                key,
                (value, leased) -> {
                  judge(value, least, leased);
                  fleet.countRead(store, range, leased);
                  call.finish();
                },
                refusal -> {
                  trace("? " + refusal);
                  call.finish();
                }));
  }

  private void trace(String what) {
    fleet.world().trace(key + what);
  }

  private void judge(byte @Nullable [] value, long least, boolean leased) {
    long number = value == null ? 0 : Long.parseLong(new String(value, UTF_8));
    trace("? " + number + leased);
    fleet.check(
        number >= least && number <= tried,
        "key "
            + key
            + ": read "
            + number
            + (leased ? " by lease" : "")
            + ", but "
            + least
            + " was known before and "
            + tried
            + " was tried");
    fleet.check(!refused.contains(number), "key " + key + ": " + number + " was refused, yet read");
    seen = Math.max(seen, number);
    reads++;
  }

  /// After everything: the last value is the acknowledged one or one that was tried after it.
  void judgeLast(@Nullable String value) {
    judge(value == null ? null : value.getBytes(UTF_8), Math.max(acknowledged, seen), false);
  }

  @Nullable RangeId range() {
    for (RangeDescriptor descriptor : fleet.descriptors().values()) {
      if (descriptor.span().contains(key)) {
        return descriptor.id();
      }
    }
    return null;
  }

  private @Nullable SimStore route() {
    RangeId range = range();
    SimStore leader = range == null ? null : fleet.leader(range);
    if (leader != null && !random.oneIn(8)) {
      return leader;
    }
    List<SimStore> up = fleet.stores().stream().filter(SimStore::isUp).toList();
    return up.isEmpty() ? null : up.get(random.nextInt(up.size()));
  }
}
