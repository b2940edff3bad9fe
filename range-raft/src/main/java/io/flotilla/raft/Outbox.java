package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Ready.Install;
import io.flotilla.raft.Ready.LogFetch;
import io.flotilla.raft.Ready.ReadBarrier;
import io.flotilla.raft.Ready.SnapshotWanted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What inputs have produced since the last Ready. Lists exist only while something is in them.
final class Outbox {
  private final PeerId self;
  List<Envelope> now = List.of();
  List<Envelope> oncePersisted = List.of();
  List<ReadBarrier> reads = List.of();
  List<LogFetch> fetches = List.of();
  List<SnapshotWanted> snapshots = List.of();
  List<EntryId> dropped = List.of();
  @Nullable Install install;
  private @Nullable PeerId ackTo;
  private long ackTerm;
  private long ackIndex;
  private boolean full;

  Outbox(PeerId self) {
    this.self = self;
  }

  /// True if a Ready is due on account of what is here.
  boolean isFull() {
    return full;
  }

  /// True if nothing at all is here.
  boolean isEmpty() {
    return !full && ackTo == null;
  }

  /// A Ready is due although nothing is here: something else changed that it reports.
  void touch() {
    full = true;
  }

  void send(PeerId to, Message message) {
    now = with(now, new Envelope(to, message));
  }

  void sendOncePersisted(PeerId to, Message message) {
    oncePersisted = with(oncePersisted, new Envelope(to, message));
  }

  /// The log matches the leader's up to `lastIndex`. Acknowledgements of one Ready are sent as one.
  void acknowledge(PeerId leader, long term, long lastIndex) {
    boolean isSame = leader.equals(ackTo) && term == ackTerm;
    ackIndex = isSame ? Math.max(ackIndex, lastIndex) : lastIndex;
    ackTo = leader;
    ackTerm = term;
    full = true;
  }

  /// The log was cut after `lastIndex`: what was to be acknowledged beyond it is gone.
  void forgetAcknowledgement(long lastIndex) {
    if (ackIndex > lastIndex) {
      ackTo = null;
    }
  }

  void readReady(long context, long index) {
    reads = with(reads, new ReadBarrier(context, index));
  }

  void fetch(LogFetch fetch) {
    fetches = with(fetches, fetch);
  }

  void wantSnapshot(PeerId follower, long minIndex) {
    snapshots = with(snapshots, new SnapshotWanted(follower, minIndex));
  }

  void drop(EntryId proposal) {
    dropped = with(dropped, proposal);
  }

  void install(Install newInstall) {
    install = newInstall;
    full = true;
  }

  /// Puts the acknowledgement among the messages of the Ready that is being taken, unless it is
  /// about entries that only a later Ready will carry (`offered` is the last one that this Ready
  /// covers).
  void seal(long offered) {
    if (ackTo != null && ackIndex <= offered) {
      sendOncePersisted(ackTo, new AppendReply(self, ackTerm, new Accepted(ackIndex)));
      ackTo = null;
    }
  }

  void clear() {
    now = List.of();
    oncePersisted = List.of();
    reads = List.of();
    fetches = List.of();
    snapshots = List.of();
    dropped = List.of();
    install = null;
    full = false;
  }

  private <T> List<T> with(List<T> list, T item) {
    full = true;
    List<T> target = list.isEmpty() ? new ArrayList<>(4) : list;
    target.add(item);
    return target;
  }
}
