package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.Message.ReadIndexRequest;
import io.flotilla.raft.Message.Snapshot;
import java.util.List;

/// What a follower does with its leader's messages (paper, sections 5.3 and 7).
///
/// Its answers about the log wait until the log is durable; a term's leader was recognised before.
final class Following {
  private final GroupState state;

  Following(GroupState state) {
    this.state = state;
  }

  void onAppend(Append append) {
    RaftLog log = state.log;
    EntryId previous = append.previous();
    boolean isMatching =
        previous.index() <= log.committed() || log.termAt(previous.index()) == previous.term();
    if (!isMatching) {
      reject(append.from(), previous);
      return;
    }
    List<Entry> entries = append.entries();
    long matched = Math.max(previous.index() + entries.size(), log.committed());
    int fresh = firstUnknown(previous.index(), entries);
    if (fresh < entries.size()) {
      appendFrom(entries, fresh, append.committed());
    }
    Invariant.check(matched <= log.lastIndex(), "what matches is in the log", matched);
    long commit = Math.min(append.committed(), matched);
    if (commit > log.committed()) {
      log.commitTo(commit);
    }
    state.outbox.acknowledge(append.from(), state.term(), matched);
  }

  /// Offset of the first entry that the log does not have yet.
  private int firstUnknown(long previousIndex, List<Entry> entries) {
    RaftLog log = state.log;
    if (previousIndex == log.lastIndex()) {
      return 0;
    }
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean isKnown =
          entry.index() <= log.committed() || log.termAt(entry.index()) == entry.term();
      if (!isKnown) {
        return i;
      }
    }
    return entries.size();
  }

  /// A proposal that is truncated may commit yet: others may have it, and one of them may lead
  /// later (paper, figure 8). Only where the entry that takes its place is committed is it lost.
  private void appendFrom(List<Entry> entries, int fresh, long committed) {
    RaftLog log = state.log;
    long first = entries.get(fresh).index();
    if (first <= log.lastIndex()) {
      boolean isDecided = first <= committed;
      log.truncateFrom(first, isDecided ? this::noteDropped : _ -> {});
      state.outbox.forgetAcknowledgement(first - 1);
    }
    for (int i = fresh; i < entries.size(); i++) {
      log.append(entries.get(i));
    }
  }

  private void noteDropped(Entry entry) {
    if (state.ledTerms.isOwnProposal(entry)) {
      state.outbox.drop(entry.id());
    }
  }

  private void reject(PeerId leader, EntryId previous) {
    RaftLog log = state.log;
    long index = log.newestAtMost(previous.index(), previous.term());
    EntryId hint = new EntryId(Math.max(0, log.termAt(index)), index);
    Rejected rejected = new Rejected(previous.index(), hint);
    state.outbox.sendOncePersisted(leader, new AppendReply(state.self, state.term(), rejected));
  }

  void onBeat(Beat beat) {
    RaftLog log = state.log;
    if (beat.committed() > log.committed()) {
      Invariant.check(
          beat.committed() <= log.lastIndex(),
          "the log has what it once acknowledged as durable",
          beat.committed(),
          log.lastIndex());
      log.commitTo(beat.committed());
    }
    state.outbox.send(beat.from(), new BeatReply(state.self, state.term(), beat.round()));
  }

  void onSnapshot(Snapshot snapshot) {
    RaftLog log = state.log;
    EntryId last = snapshot.last();
    if (last.index() > log.committed()) {
      if (log.termAt(last.index()) == last.term()) {
        log.commitTo(last.index());
      } else {
        install(snapshot);
      }
    }
    state.outbox.acknowledge(snapshot.from(), state.term(), log.committed());
  }

  private void install(Snapshot snapshot) {
    EntryId last = snapshot.last();
    state.log.restart(last, this::noteDropped);
    state.apply.restart(last.index());
    state.outbox.forgetAcknowledgement(0);
    state.adoptMembership(last.index(), snapshot.membership());
    state.outbox.install(new Ready.Install(last, snapshot.membership()));
  }

  // Reads -----------------------------------------------------------------------------------------

  /// Asks the leader for a read barrier; if none is known the read is refused at once.
  void forwardRead(Follower follower, long context) {
    PeerId leader = follower.leader();
    if (leader == null) {
      state.outbox.readReady(context, 0);
      return;
    }
    follower.forwarded(context, state.options.electionTicks());
    state.outbox.send(leader, new ReadIndexRequest(state.self, state.term(), context));
  }

  void onReadIndexReply(Follower follower, ReadIndexReply reply) {
    if (follower.answered(reply.context())) {
      state.outbox.readReady(reply.context(), reply.index());
    }
  }
}
