package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.TooOld;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.Refusal;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a leaseholder remembers of its range beyond the applied state, shared by its reads, writes
/// and collection: void with each change of leadership.
final class Leadership {
  /*
   * Why a snapshot read at T sees every write at or below T that was or ever will be
   * acknowledged.
   *
   * The read came here after T was drawn. In ONE turn of the loop, at the moment t0, it found
   * the range led from here (by the lease, or by a read barrier begun after it came), raised the
   * high-water to T, and noted the latest write under way at or below T on its keys.
   *
   * 1. Writes of earlier leaders that can commit at all are applied here, or requests would not
   *    come.
   * 2. Our own: evaluated before t0, they are applied or in the overlay, and the read waits for
   *    them; evaluated after t0, they are above the high-water, hence above T.
   * 3. Writes of later leaders: none was elected before t0, for that is what lease and barrier
   *    prove. A leader takes timestamps for its writes only after its leadership began (a write
   *    that waited for one across a change of leadership is refused), so after t0, so after T
   *    was drawn: above T. For the same reason a new leader needs no memory of earlier high-
   *    waters: each of its timestamps is as fresh as the "fresh timestamp" it would start from.
   *
   * So from t0 on the versions at or below T are fixed, but for collection, and it does not
   * matter when they are read, nor who leads by then. Collection raises the threshold here
   * before it proposes, and a read compares with the threshold (and that it is still the same
   * leadership) after it has read. A split takes the keys away to a leader elsewhere that may
   * collect: the span is compared, too.
   *
   * A T from the future would break 3 and stall the writes here, so T must not be above a
   * timestamp that we know to be drawn; if it is, we draw one ourselves.
   */
  final RangeAccess access;
  final KvEnvironment environment;
  final Overlay overlay = new Overlay();
  final GarbageMeter garbage;
  final Threshold threshold;

  /// Under which values are kept in the heap; another one voids them all. Null: none are.
  private HotKeys.@Nullable Reign reign;

  /// Changes whenever leadership is won or lost: what began under another number is void.
  private long number;

  private boolean leading;
  private long highWater;

  /// Reads, barriers and timestamps that somebody waits for.
  private int waits;

  Leadership(RangeAccess access, KvEnvironment environment) {
    this.access = access;
    this.environment = environment;
    this.garbage = new GarbageMeter();
    this.threshold = new Threshold(access, environment);
  }

  /// As it was when the machine rested, leading.
  Leadership(
      RangeAccess access, KvEnvironment environment, RestReader in, HotKeys.@Nullable Reign reign) {
    this.access = access;
    this.environment = environment;
    this.garbage = new GarbageMeter(in);
    this.threshold = new Threshold(access, environment, in);
    this.highWater = in.number();
    this.reign = reign;
    this.number = 1;
    this.leading = true;
  }

  /// True if nothing is under way, so that some numbers are all there is to know.
  boolean mayRest() {
    return leading && waits == 0 && overlay.isEmpty() && threshold.mayRest();
  }

  /// Another one goes on from here: whatever still has this one finds that nobody leads.
  void rest(RestWriter out) {
    garbage.rest(out);
    threshold.rest(out);
    out.number(highWater);
    number++;
    leading = false;
  }

  void begin() {
    number++;
    leading = true;
    reign = null;
    highWater = 0;
    overlay.clear();
    threshold.forget();
    garbage.reset(environment.timestamps().newest().value());
    garbage.inherited(access.appliedIndex());
  }

  void end() {
    number++;
    leading = false;
    Refusal refusal = notLeader();
    overlay.clear().forEach(write -> write.abandon(refusal));
    threshold.refuseWaiting(refusal);
  }

  /// What is kept in the heap was kept for other keys.
  void onSpanChanged() {
    reign = null;
  }

  HotKeys.Reign reign() {
    HotKeys.Reign now = reign;
    if (now == null) {
      now = new HotKeys.Reign();
      reign = now;
    }
    return now;
  }

  /// Null: nothing can be kept in the heap.
  HotKeys.@Nullable Reign reignOrNull() {
    return reign;
  }

  boolean isLeading() {
    return leading;
  }

  long number() {
    return number;
  }

  boolean isStill(long earlier) {
    return leading && number == earlier;
  }

  /// The range was, or is being, read at `timestamp`: no write may go there or below any more.
  void raiseHighWater(long timestamp) {
    highWater = Math.max(highWater, timestamp);
  }

  /// Claims `timestamp` for a write: false if that is not above all reads and writes so far.
  boolean claim(long timestamp) {
    if (timestamp <= highWater) {
      return false;
    }
    highWater = timestamp;
    return true;
  }

  /// Somebody waits for an answer that will come here.
  void waitBegins() {
    waits++;
  }

  void waitEnds() {
    waits--;
  }

  /// [RangeAccess#readBarrier].
  void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    waitBegins();
    access.readBarrier(
        () -> {
          waitEnds();
          onCurrent.run();
        },
        refusal -> {
          waitEnds();
          onRefused.accept(refusal);
        });
  }

  /// [ReadPool#submit].
  <T> boolean readOnPool(
      Supplier<T> read, Consumer<T> onRead, Consumer<RuntimeException> onFailed) {
    boolean submitted =
        environment
            .readPool()
            .submit(
                read,
                result -> {
                  waitEnds();
                  onRead.accept(result);
                },
                failure -> {
                  waitEnds();
                  onFailed.accept(failure);
                });
    waits += submitted ? 1 : 0;
    return submitted;
  }

  boolean covers(Key key) {
    return access.descriptor().span().contains(key);
  }

  boolean covers(KeySpan span) {
    return access.descriptor().span().contains(span);
  }

  Refusal notLeader() {
    return new Refusal.NotLeader(access.descriptor(), null);
  }

  Refusal stale(KeySpan wanted) {
    return new Refusal.StaleRange(access.localDescriptors(wanted));
  }

  /// Answers what was found, once it is certain that no other leader could have known better: the
  /// answer rests on this leadership and was true when it was found, so it is enough to prove that
  /// nobody else led at some moment since.
  void confirm(long began, KvCall call, Runnable onConfirmed) {
    if (!isStill(began)) {
      call.refuse(notLeader());
    } else if (access.leaseHolds()) {
      onConfirmed.run();
    } else {
      readBarrier(
          () -> {
            if (isStill(began)) {
              onConfirmed.run();
            } else {
              call.refuse(notLeader());
            }
          },
          call::refuse);
    }
  }

  /// The reply to a read below the threshold, which must be known.
  TooOld tooOld() {
    return new TooOld(new Timestamp(threshold.value()));
  }

  static KeySpan spanOf(Key key) {
    return new KeySpan(key, key.next());
  }

  static KeySpan spanOf(List<Key> keys) {
    Key first = keys.stream().min(Key::compareTo).orElse(Key.EMPTY);
    Key last = keys.stream().max(Key::compareTo).orElse(Key.EMPTY);
    return new KeySpan(first, last.next());
  }
}
