package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import io.flotilla.raft.membership.Membership;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What must hold whatever happens (paper, figure 3), kept up to date as things are observed.
final class SafetyChecks {
  private final Map<Long, PeerId> leaders = new HashMap<>();
  private final Map<EntryId, Entry> entries = new HashMap<>();
  private final Map<EntryId, Long> predecessors = new HashMap<>();
  private final TreeMap<Long, Long> committedTerms = new TreeMap<>();
  private final Map<Long, Long> digests = new HashMap<>();
  private final Map<PeerId, long[]> marks = new HashMap<>();
  private final Set<PeerId> leading = new HashSet<>();
  private final Set<EntryId> dropped = new HashSet<>();
  private final Map<PeerId, Lease> leases = new HashMap<>();
  private final Map<PeerId, Promise> promises = new HashMap<>();

  /// The terms in which a leader itself asked for the campaign.
  private final Set<Long> handedOver = new HashSet<>();

  /// The terms in which a leader told another peer to campaign, which may hear it at any time.
  private final Set<Long> spent = new HashSet<>();

  private final List<TestPeer> peers;
  private long committed;

  /// A lease as a store would derive it from the rounds: `until` is in ticks of the one clock here.
  private record Lease(long term, long until) {}

  /// A follower has answered the leader of `term` at `tick`.
  private record Promise(long term, long tick) {}

  /// @param peers the n-th has the id n, from 1
  SafetyChecks(List<TestPeer> peers) {
    this.peers = peers;
  }

  static void require(boolean holds, String rule, @Nullable Object... found) {
    if (!holds) {
      throw new AssertionError(rule + " " + List.of(found));
    }
  }

  /// The highest index that any peer knows to be committed.
  long committed() {
    return committed;
  }

  int terms() {
    return leaders.size();
  }

  /// Called after every step for the peer that took it.
  void observe(TestPeer peer, long now) {
    RaftGroup group = peer.group;
    long[] mark = marks.computeIfAbsent(peer.id, _ -> new long[3]);
    require(group.term() >= mark[0], "the term never falls", peer.id, group.term());
    require(group.committed() >= mark[1], "the commit index never falls", peer.id);
    require(group.applied() >= mark[2], "the applied index never falls", peer.id);
    mark[0] = group.term();
    mark[1] = group.committed();
    mark[2] = group.applied();
    observeCommitted(group);
    boolean leads = group.role() == RoleKind.LEADER;
    if (leads && leading.add(peer.id)) {
      electionSafety(peer, now);
      leaderCompleteness(peer);
    } else if (!leads) {
      leading.remove(peer.id);
    }
  }

  /// The peer's process died: what it only had in memory may fall back.
  void forget(TestPeer peer) {
    marks.remove(peer.id);
    leading.remove(peer.id);
    leases.remove(peer.id);
  }

  /// The first to know is the leader.
  private void requireQuorum(RaftGroup group, EntryId id) {
    Membership membership = group.membership();
    require(
        isOnMost(membership.voters(), id)
            && (membership.outgoing().isEmpty() || isOnMost(membership.outgoing(), id)),
        "what is committed is on the disks of a quorum",
        id,
        membership);
  }

  private boolean isOnMost(List<PeerId> voters, EntryId id) {
    long count =
        voters.stream()
            .map(voter -> peers.get((int) voter.value() - 1).disk)
            .filter(disk -> disk.compacted.index() >= id.index() || disk.has(id))
            .count();
    return 2 * count > voters.size();
  }

  private void requireNotDropped(long index, long term) {
    EntryId id = new EntryId(term, index);
    require(!dropped.contains(id), "what was given up for lost never commits", id);
  }

  private void observeCommitted(RaftGroup group) {
    while (committed < group.committed()) {
      long term = group.termAt(committed + 1);
      committed++;
      if (committed == group.committed()) {
        require(term == group.term(), "only an entry of the own term commits others", committed);
        requireQuorum(group, new EntryId(term, committed));
      }
      if (term >= 0) {
        committedTerms.put(committed, term);
        requireNotDropped(committed, term);
      }
    }
  }

  private void electionSafety(TestPeer peer, long now) {
    long term = peer.group.term();
    PeerId other = leaders.putIfAbsent(term, peer.id);
    require(other == null || other.equals(peer.id), "one leader in a term", term, other, peer.id);
    leases.forEach((holder, lease) ->
        require(
            holder.equals(peer.id) || lease.term() > term || lease.until() <= now,
            "nobody is elected while another's lease holds",
            holder,
            lease,
            peer.id,
            now));
  }

  private void leaderCompleteness(TestPeer peer) {
    committedTerms
        .tailMap(peer.group.compactionPoint().index())
        .forEach((index, term) ->
            require(
                peer.group.termAt(index) == term,
                "a leader has every committed entry",
                peer.id,
                index,
                term));
  }

  void lease(TestPeer peer, long until) {
    long term = peer.group.term();
    require(!spent.contains(term), "no lease where a hand-over may be under way", peer.id, term);
    leases.merge(
        peer.id,
        new Lease(peer.group.term(), until),
        (old, now) -> old.term() == now.term() && old.until() > now.until() ? old : now);
  }

  void voidLease(TestPeer peer) {
    leases.remove(peer.id);
  }

  /// A Ready was taken: its entries obey log matching, and what is to be applied is on the own
  /// disk.
  void observeReady(TestPeer peer, Ready ready) {
    for (Entry entry : ready.toPersist()) {
      Entry known = entries.putIfAbsent(entry.id(), entry);
      require(known == null || known.equals(entry), "one entry for a term and index", entry);
      long before = peer.group.termAt(entry.index() - 1);
      if (before >= 0) {
        Long previous = predecessors.putIfAbsent(entry.id(), before);
        require(previous == null || previous == before, "logs match", peer.id, entry, before);
      }
    }
    for (EntryId id : ready.dropped()) {
      dropped.add(id);
      requireNotDropped(id.index(), committedTerms.getOrDefault(id.index(), 0L));
    }
    for (Entry entry : ready.toApply()) {
      List<Entry> onDisk = peer.disk.read(entry.index(), entry.index(), 0);
      require(onDisk.equals(List.of(entry)), "what is applied is durable", peer.id, entry, onDisk);
    }
  }

  void observeApplied(TestPeer peer) {
    long index = peer.machine.applied().index();
    Long known = digests.putIfAbsent(index, peer.machine.digest());
    require(
        known == null || known == peer.machine.digest(), "state machines agree", peer.id, index);
  }

  /// A message has come: whoever follows the sender of a beat has promised it something, also if
  /// the process dies now.
  void observeReceived(TestPeer to, Message message, long now) {
    if (message instanceof Beat beat
        && beat.term() == to.group.term()
        && beat.from().equals(to.group.leader())) {
      promises.put(to.id, new Promise(beat.term(), now));
    }
  }

  /// A message leaves: what it promises about the own log or vote is on the own disk.
  void observeSent(TestPeer from, Envelope envelope, long now, int electionTicks) {
    TestDisk disk = from.disk;
    if (envelope.message() instanceof VoteRequest request && request.transfer()) {
      handedOver.add(request.term());
    }
    if (envelope.message() instanceof CampaignNow word) {
      spent.add(word.term());
    }
    if (envelope.message() instanceof VoteReply(_, long term, boolean granted) && granted) {
      Promise promise = promises.get(from.id);
      require(
          promise == null
              || promise.term() >= term
              || handedOver.contains(term)
              || now >= promise.tick() + electionTicks,
          "who has answered a beat elects nobody else for a while",
          from.id,
          promise,
          envelope,
          now);
    }
    switch (envelope.message()) {
      case AppendReply(_, long term, Accepted(long last))
          when term == from.group.term() && from.group.termAt(last) >= 0 -> {
        require(disk.lastIndex() >= last, "what is acknowledged is durable", from.id, last);
        List<Entry> entry = disk.read(last, last, 0);
        require(
            entry.isEmpty() || entry.getFirst().term() == from.group.termAt(last),
            "what is acknowledged is durable as it stands",
            from.id,
            last);
      }
      case VoteReply(_, long term, boolean granted) when granted -> {
        HardState hard = disk.hardState;
        require(
            hard.term() > term || (hard.term() == term && envelope.to().equals(hard.vote())),
            "a vote is durable before it leaves",
            from.id,
            hard);
      }
      case VoteRequest(_, long term, EntryId last, _)
          when term == from.group.term() && from.group.role() == RoleKind.CANDIDATE -> {
        require(
            disk.hardState.term() == term && from.id.equals(disk.hardState.vote()),
            "the own vote is durable before others are asked for theirs",
            from.id,
            disk.hardState);
        require(disk.lastIndex() >= last.index(), "a candidate's log is durable", from.id, last);
      }
      default -> {}
    }
  }
}
