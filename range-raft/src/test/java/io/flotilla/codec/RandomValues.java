package io.flotilla.codec;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StoreBeat;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;

/// Random values of everything that is encoded, small numbers and extreme ones alike.
public final class RandomValues {
  private final RandomSource random;

  public RandomValues(RandomSource random) {
    this.random = random;
  }

  /// From 0 to the greatest long, every magnitude equally likely.
  public long number() {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }

  public byte[] bytes(int lengthMax) {
    byte[] bytes = new byte[random.nextInt(random.oneIn(20) ? lengthMax + 1 : 20)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextLong();
    }
    return bytes;
  }

  public KeySpan span() {
    Key a = Key.of(bytes(300));
    Key b = Key.of(bytes(300));
    int order = a.compareTo(b);
    return order == 0 ? KeySpan.ALL : order < 0 ? new KeySpan(a, b) : new KeySpan(b, a);
  }

  public EntryId entryId() {
    return new EntryId(number(), number());
  }

  public RangeId range() {
    return new RangeId(Math.max(1, number()));
  }

  public PeerId peer() {
    return new PeerId(Math.max(1, number()));
  }

  public RangeDescriptor descriptor() {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      ReplicaKind kind = ReplicaKind.values()[random.nextInt(ReplicaKind.values().length)];
      PeerId peer = new PeerId(1 + i + 10L * random.nextInt(1000));
      replicas.add(new ReplicaDescriptor(peer, new StoreId(1 + i + 10L * random.nextInt(9)), kind));
    }
    return new RangeDescriptor(range(), span(), Math.max(1, number()), replicas);
  }

  public Command command() {
    return switch (random.nextInt(3)) {
      case 0 -> new WriteCommand(list(30, this::stateWrite));
      case 1 -> new SplitCommand(descriptor(), descriptor(), entryId());
      default -> new MembershipCommand(descriptor());
    };
  }

  public StateWrite stateWrite() {
    return new StateWrite(bytes(500), random.oneIn(4) ? null : bytes(5000));
  }

  public SnapshotId snapshotId() {
    return new SnapshotId(random.nextLong(), random.nextLong());
  }

  public SnapshotManifest manifest() {
    return new SnapshotManifest(
        snapshotId(),
        descriptor(),
        entryId(),
        list(9, () -> new Chunk(random.nextInt((1 << 20) + 1), (int) random.nextLong())));
  }

  public InstallNote installNote() {
    return new InstallNote(manifest(), entryId());
  }

  public SnapshotMessage snapshotMessage() {
    return switch (random.nextInt(6)) {
      case 0 -> new SnapshotMessage.Offer(manifest(), number(), peer(), peer());
      case 1 -> new SnapshotMessage.Want(snapshotId(), BitSet.valueOf(bytes(99)), number());
      case 2 -> new SnapshotMessage.Piece(snapshotId(), random.nextInt(1 << 20), bytes(9999));
      case 3 -> new SnapshotMessage.Credit(snapshotId(), number());
      case 4 -> new SnapshotMessage.Done(snapshotId());
      default ->
          new SnapshotMessage.Refused(snapshotId(), "no room: ü " + number(), random.oneIn(2));
    };
  }

  /// As they come in life: runs of one kind among single ones, small numbers and large ones.
  public List<RangeMessage> rangeMessages() {
    List<RangeMessage> messages = new ArrayList<>();
    int blocks = random.nextInt(6);
    for (int i = 0; i < blocks; i++) {
      int kind = random.nextInt(17);
      int run = random.oneIn(3) ? 1 + random.nextInt(40) : 1;
      for (int j = 0; j < run; j++) {
        messages.add(
            new RangeMessage(range(), peer(), random.oneIn(9) ? span() : null, message(kind)));
      }
    }
    return messages;
  }

  /// Kinds are 0 to 16.
  public Message message(int kind) {
    PeerId from = peer();
    long term = number();
    return switch (kind) {
      case 0 -> new Message.PreVoteRequest(from, term, entryId(), entryId());
      case 1 -> new Message.PreVoteReply(from, term, random.oneIn(2), entryId());
      case 2 -> new Message.VoteRequest(from, term, entryId(), random.oneIn(2));
      case 3 -> new Message.VoteReply(from, term, random.oneIn(2));
      case 4 -> append(from, term);
      case 5 -> new Message.AppendReply(from, term, new Accepted(number()));
      case 6 -> new Message.AppendReply(from, term, new Rejected(number(), entryId()));
      case 7 -> new Message.Beat(from, term, number(), number());
      case 8 -> new Message.BeatReply(from, term, number());
      case 9 -> new Message.Snapshot(from, term, entryId(), membership());
      case 10 -> new Message.CampaignNow(from, term);
      case 11 -> new Message.ReadIndexRequest(from, term, random.nextLong());
      case 12 -> new Message.QuiesceOffer(from, term, number(), number(), number());
      case 13 -> new Message.QuiesceReply(from, term, number(), number(), random.oneIn(2));
      case 14 -> new Message.Nudge(from, term, random.oneIn(2));
      case 15 -> new Message.NotLeading(from, term);
      default -> new Message.ReadIndexReply(from, term, random.nextLong(), number());
    };
  }

  public StoreBeat storeBeat() {
    return new StoreBeat(
        Math.max(1, number()),
        number(),
        number(),
        number(),
        number(),
        number(),
        number(),
        random.oneIn(2));
  }

  private Message.Append append(PeerId from, long term) {
    EntryId previous = new EntryId(number() / 2, number() / 2);
    List<Entry> entries = new ArrayList<>();
    int count = random.nextInt(5);
    for (int i = 1; i <= count; i++) {
      EntryKind kind = EntryKind.values()[random.nextInt(EntryKind.values().length)];
      entries.add(new Entry(Math.max(1, number()), previous.index() + i, kind, bytes(3000)));
    }
    return new Message.Append(from, term, previous, entries, number());
  }

  private Membership membership() {
    return new Membership(list(5, this::peer), list(5, this::peer), list(5, this::peer));
  }

  private <T> List<T> list(int sizeMax, Supplier<T> element) {
    List<T> list = new ArrayList<>();
    int size = random.nextInt(sizeMax + 1);
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }
}
