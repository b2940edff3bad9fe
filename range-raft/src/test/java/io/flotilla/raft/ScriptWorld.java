package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.raft.Message.VoteReply;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The group that a script plays with, and the transcript of what it does.
final class ScriptWorld {
  TestCluster cluster = new TestCluster(TestCluster.OPTIONS, 1);
  boolean showsMessages;
  boolean isMuted;
  private final StringBuilder transcript = new StringBuilder();
  private final Map<PeerId, String> roles = new TreeMap<>();

  String transcript() {
    return transcript.toString();
  }

  void say(String line) {
    if (!isMuted) {
      transcript.append(line).append('\n');
    }
  }

  void say(PeerId peer, String line) {
    say(peer + ": " + line);
  }

  void watch(TestPeer peer) {
    roles.put(peer.id, "follower t" + peer.group.term());
    peer.onReady = ready -> tell(peer, ready);
  }

  private void tell(TestPeer peer, Ready ready) {
    if (ready.roleChange() != null) {
      String now = format(ready.roleChange());
      say(peer.id, roles.put(peer.id, now) + " -> " + now);
    }
    if (ready.install() != null) {
      say(peer.id, "installs " + ready.install().last());
    }
    tellPersisted(peer, ready.toPersist());
    ready.dropped().forEach(dropped -> say(peer.id, "drops its proposal " + dropped));
    ready.toFetch().forEach(fetch -> say(peer.id, "fetches " + format(fetch)));
    ready
        .snapshotsWanted()
        .forEach(
            w -> say(peer.id, "wants a snapshot for " + w.follower() + " from " + w.minIndex()));
    ready.sendNow().forEach(envelope -> tellSent(peer, envelope));
    ready.sendOncePersisted().forEach(envelope -> tellSent(peer, envelope));
    tellApplied(peer, ready.toApply());
    for (Ready.ReadBarrier read : ready.readsReady()) {
      String outcome = read.isRefused() ? "refused" : "current at i" + read.index();
      say(peer.id, "read " + read.context() + " " + outcome);
    }
  }

  private void tellPersisted(TestPeer peer, List<Entry> entries) {
    if (!entries.isEmpty() && entries.getFirst().index() <= peer.disk.lastIndex()) {
      say(peer.id, "replaces its log from " + entries.getFirst().id());
    }
  }

  private void tellApplied(TestPeer peer, List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    EntryId first = entries.getFirst().id();
    EntryId last = entries.getLast().id();
    say(peer.id, "applies " + (first.equals(last) ? first : first + " to " + last));
    for (Entry entry : entries) {
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        say(peer.id, "membership " + Machine.text(entry.payload()));
      }
    }
  }

  private void tellSent(TestPeer peer, Envelope envelope) {
    PeerId to = envelope.to();
    switch (envelope.message()) {
      case PreVoteReply(_, long term, boolean granted, _) ->
          say(peer.id, (granted ? "would grant " : "would refuse ") + to + " at t" + term);
      case VoteReply(_, long term, boolean granted) ->
          say(peer.id, (granted ? "grants " : "refuses ") + to + " at t" + term);
      case AppendReply(_, _, Rejected(long previous, EntryId hint)) ->
          say(peer.id, "rejects what follows i" + previous + ", hint " + hint);
      case CampaignNow _ -> say(peer.id, "asks " + to + " to campaign now");
      case Snapshot snapshot -> say(peer.id, "sends snapshot " + snapshot.last() + " to " + to);
      case Message message -> {
        if (showsMessages) {
          say(peer.id, "to " + to + " " + message);
        }
      }
    }
  }

  void status() {
    cluster.peers.forEach((id, peer) -> say(id, peer.isUp ? describe(peer.group) : "down"));
  }

  private static String describe(RaftGroup group) {
    return lower(group.role())
        + " t"
        + group.term()
        + ", leader "
        + (group.leader() == null ? "unknown" : group.leader())
        + ", log to "
        + group.lastEntry()
        + ", committed "
        + group.committed()
        + ", applied "
        + group.applied();
  }

  private static String format(Ready.RoleChange change) {
    String of =
        change.role() == RoleKind.FOLLOWER && change.leader() != null
            ? " of " + change.leader()
            : "";
    return lower(change.role()) + " t" + change.term() + of;
  }

  private static String format(Ready.LogFetch fetch) {
    String purpose = fetch.follower() == null ? "to apply" : "for " + fetch.follower();
    return "i" + fetch.fromIndex() + " to i" + fetch.toIndex() + " " + purpose;
  }

  private static String lower(RoleKind role) {
    return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
