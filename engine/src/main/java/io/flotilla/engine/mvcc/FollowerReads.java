package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.Value;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StorageException;

/// How a follower reads the newest value of a key: it asks its leader for a read barrier, waits
/// until it has applied that much, and reads what it has applied.
final class FollowerReads {
  /*
   * At the barrier's index the state here has everything that was acknowledged before the read
   * came. Reading later than that finds the same or something newer, which is as good, as long as
   * the key is still the range's: behind a split its right half may have been written to elsewhere.
   * So the descriptor is compared after the value was read, in the same turn or, if it came from
   * the disk, when it comes back; and with it that the state is still the one that was read, for
   * while a snapshot takes its place there is a moment at which it is empty.
   *
   * We may apply an entry before the leader does. Whoever then reads by its lease, after it was
   * seen here, must see it, too: a leader that was asked for a barrier in this term reads by its
   * lease only while it has applied all that is committed. That holds for this leader alone, so
   * what was proved by an earlier one is void when the term changes.
   *
   * If the split was committed but not applied here when the leader named its index, then it was
   * not committed when the leader counted its round, for else the index were higher or somebody
   * else had led: the right half took no write before that, and the read is current as of then.
   */
  private final Leadership leadership;
  private final VersionReader reader;

  FollowerReads(Leadership leadership, VersionReader reader) {
    this.leadership = leadership;
    this.reader = reader;
  }

  void serve(KvCall call, Key key) {
    long state = leadership.access.stateNumber();
    if (!refusedBySpan(call, key)) {
      leadership.access.readBarrier(() -> read(call, key, state), call::refuse);
    }
  }

  private void read(KvCall call, Key key, long state) {
    if (state == 0 || state != leadership.access.stateNumber()) {
      call.refuse(leadership.notLeader());
      return;
    }
    Version found;
    try {
      found = reader.newest(key, Timestamp.MAX, true);
    } catch (StorageException e) {
      call.refuse(ReadPath.unreadable(e));
      return;
    }
    if (found != null) {
      finish(call, key, new Value(found.value()), state);
      return;
    }
    boolean submitted =
        leadership
            .environment
            .readPool()
            .submit(
                () -> readFromDisk(call, key),
                reply -> finish(call, key, reply, state),
                failure -> call.refuse(ReadPath.unreadable(failure)));
    if (!submitted) {
      call.refuse(new Refusal.Busy("reads from disk", 10));
    }
  }

  private KvReply readFromDisk(KvCall call, Key key) {
    if (call.isLate()) {
      return new KvReply.Refused(new Refusal.TooLate());
    }
    Version version = reader.newest(key, Timestamp.MAX, false);
    return new Value(version == null ? null : version.value());
  }

  private void finish(KvCall call, Key key, KvReply found, long state) {
    if (state != leadership.access.stateNumber()) {
      call.refuse(leadership.notLeader());
    } else if (!refusedBySpan(call, key)) {
      call.reply(found);
    }
  }

  private boolean refusedBySpan(KvCall call, Key key) {
    boolean covered = leadership.covers(key);
    if (!covered) {
      call.refuse(leadership.stale(Leadership.spanOf(key)));
    }
    return !covered;
  }
}
