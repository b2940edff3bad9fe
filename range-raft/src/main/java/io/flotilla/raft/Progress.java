package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import io.flotilla.raft.Ready.LogFetch;
import org.jspecify.annotations.Nullable;

/// What a leader knows of one peer, and how it sends to it.
///
/// *Probing*: one append at a time until one is accepted. *Streaming*: pipelined, bounded by
/// messages and bytes. *Snapshotting*: beats only, until the snapshot is there.
final class Progress {
  private static final Mode[] MODES = Mode.values();

  private final PeerId peer;
  private final Inflight inflight = new Inflight();
  private Mode mode = Mode.PROBING;
  private long match;
  private long next;
  private boolean paused;
  private long matchAtBeat = -1;
  private long heardAt;
  private long round;
  private @Nullable LogFetch fetch;

  Progress(PeerId peer, long next, long now) {
    this.peer = peer;
    this.next = next;
    this.heardAt = now;
  }

  /// As it was when the group rested.
  Progress(RestReader in) {
    this.peer = new PeerId(in.number());
    this.mode = MODES[in.count()];
    this.match = in.number();
    this.next = in.number();
    this.paused = in.flag();
    this.matchAtBeat = in.number();
    this.heardAt = in.number();
    this.round = in.number();
  }

  /// True if nothing is under way to the peer or read for it.
  boolean mayRest() {
    return inflight.count() == 0 && fetch == null;
  }

  @SuppressWarnings("EnumOrdinal") // It is read in the same life of the process.
  void rest(RestWriter out) {
    out.peer(peer);
    out.number(mode.ordinal());
    out.number(match);
    out.number(next);
    out.flag(paused);
    out.number(matchAtBeat);
    out.number(heardAt);
    out.number(round);
  }

  PeerId peer() {
    return peer;
  }

  Mode mode() {
    return mode;
  }

  /// What was sent and is not acknowledged yet.
  Inflight inflight() {
    return inflight;
  }

  long match() {
    return match;
  }

  long next() {
    return next;
  }

  long round() {
    return round;
  }

  /// True while nothing more may be sent until something is heard.
  boolean isPaused(RaftOptions options) {
    return switch (mode) {
      case PROBING -> paused;
      case STREAMING ->
          inflight.count() >= options.inflightAppendsMax()
              || inflight.bytes() >= options.inflightBytesMax();
      case SNAPSHOTTING -> true;
    };
  }

  void heard(long now) {
    heardAt = now;
  }

  boolean isActive(long now, int electionTicks) {
    return now - heardAt < electionTicks;
  }

  void answered(long answeredRound) {
    round = Math.max(round, answeredRound);
  }

  /// The peer has the log up to `index`. Returns true if that is news.
  boolean accepted(long index, long compactedIndex) {
    boolean isNews = index > match;
    match = Math.max(match, index);
    inflight.acknowledge(index);
    boolean caughtUp = mode == Mode.SNAPSHOTTING && match >= compactedIndex;
    if (mode == Mode.PROBING || caughtUp) {
      mode = Mode.STREAMING;
      inflight.clear();
      next = match + 1;
      paused = false;
    }
    next = Math.max(next, match + 1);
    Invariant.check(match < next, "next is after match", match, next);
    return isNews;
  }

  /// The peer refused the append after `previousIndex`. Returns false if that is old news.
  boolean isRefusalCurrent(long previousIndex) {
    return switch (mode) {
      case PROBING -> previousIndex == next - 1;
      case STREAMING -> previousIndex > match && previousIndex < next;
      case SNAPSHOTTING -> false;
    };
  }

  void probe(long from) {
    mode = Mode.PROBING;
    next = Math.max(match + 1, from);
    paused = false;
    inflight.clear();
  }

  /// Waits for word of the peer before the next probe.
  void pause() {
    paused = true;
  }

  void awaitSnapshot() {
    mode = Mode.SNAPSHOTTING;
    inflight.clear();
  }

  void sent(long lastIndex, long bytes) {
    Invariant.check(mode != Mode.SNAPSHOTTING, "nothing is sent beside a snapshot", lastIndex);
    if (mode == Mode.PROBING) {
      paused = true;
    } else if (lastIndex >= next) {
      next = lastIndex + 1;
      inflight.add(lastIndex, bytes);
    }
  }

  /// A beat was answered. Returns true if something that was sent seems lost and a probe should
  /// tell.
  boolean seemsStalled() {
    if (mode == Mode.PROBING) {
      paused = false;
      return true;
    }
    boolean isStalled = mode == Mode.STREAMING && match + 1 < next && match == matchAtBeat;
    matchAtBeat = match;
    return isStalled;
  }

  void trim() {
    inflight.trim();
  }

  @Nullable LogFetch fetch() {
    return fetch;
  }

  void setFetch(@Nullable LogFetch fetch) {
    this.fetch = fetch;
  }

  FollowerStatus status(long now, int electionTicks) {
    return new FollowerStatus(peer, match, next, mode, isActive(now, electionTicks));
  }
}
