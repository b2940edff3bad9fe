package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;

/// One peer in a state of the test's choice: set the state, call one method, compare the exact
/// output.
final class OneGroup {
  static final PeerId P1 = new PeerId(1);
  static final PeerId P2 = new PeerId(2);
  static final PeerId P3 = new PeerId(3);
  static final int TICKS = 10;
  static final RaftOptions OPTIONS =
      new RaftOptions(TICKS, 1, TICKS, 3, 400, 200, 1000, 1000, 1000);

  final RaftGroup group;

  private OneGroup(RaftGroup group) {
    this.group = group;
  }

  /// Peer 1 of voters 1, 2 and 3 in `term`, whose durable log has entries of `terms` and nothing
  /// applied.
  static OneGroup of(long term, long... terms) {
    return of("1,2,3", term, false, terms);
  }

  static OneGroup of(String membership, long term, boolean restored, long... terms) {
    List<EntryId> starts = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      if (i == 0 || terms[i] != terms[i - 1]) {
        starts.add(new EntryId(terms[i], i + 1));
      }
    }
    GroupStart start =
        new GroupStart(
            new HardState(term, null, 0),
            EntryId.ZERO,
            starts,
            terms.length,
            0,
            Machine.parse(membership),
            restored);
    return new OneGroup(new RaftGroup(OPTIONS, P1, start, new RandomSource(7)));
  }

  /// Makes it the leader of the next term, with its first entry durable and nothing acknowledged.
  OneGroup lead() {
    group.campaign();
    readyPersisted();
    for (PeerId peer : group.membership().peers()) {
      if (!peer.equals(P1) && group.role() == RoleKind.CANDIDATE) {
        group.receive(new VoteReply(peer, group.term(), true));
      }
    }
    readyPersisted();
    return this;
  }

  /// Makes it the leader of the next term, its first entry committed by `peers` and applied.
  OneGroup leadWith(PeerId... peers) {
    lead();
    for (PeerId peer : peers) {
      accept(peer, group.lastEntry().index());
    }
    while (group.hasReady()) {
      readyPersisted().toFetch().forEach(this::answer);
    }
    group.applied(group.committed());
    return this;
  }

  private void answer(Ready.LogFetch fetch) {
    List<Entry> entries = new ArrayList<>();
    for (long i = fetch.fromIndex(); i <= fetch.toIndex(); i++) {
      entries.add(entry(group.termAt(i), i));
    }
    group.fetched(fetch, entries);
  }

  void accept(PeerId from, long index) {
    group.receive(new AppendReply(from, group.term(), new Accepted(index)));
  }

  void answer(PeerId from, long round) {
    group.receive(new BeatReply(from, group.term(), round));
  }

  Ready ready() {
    return group.takeReady();
  }

  Ready readyPersisted() {
    Ready ready = group.takeReady();
    group.persisted(ready.number());
    return ready;
  }

  void ticks(int count) {
    for (int i = 0; i < count; i++) {
      group.tick();
    }
  }

  long propose(String text) {
    return ((Proposed.Accepted) group.propose(Machine.bytes(text))).id().index();
  }

  static Entry entry(long term, long index) {
    return new Entry(term, index, EntryKind.COMMAND, Machine.bytes("e" + index));
  }

  static EntryId id(long term, long index) {
    return new EntryId(term, index);
  }

  static Envelope to(PeerId peer, Message message) {
    return new Envelope(peer, message);
  }
}
