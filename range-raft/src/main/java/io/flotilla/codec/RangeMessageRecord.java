package io.flotilla.codec;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.NotLeading;
import io.flotilla.raft.Message.Nudge;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.PreVoteRequest;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.QuiesceReply;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.Message.ReadIndexRequest;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One range's message as a record: tag, range, receiver, sender, term, span if the tag says so,
/// and the numbers of its kind.
final class RangeMessageRecord {
  private static final int PRE_VOTE_REQUEST = 8;
  private static final int PRE_VOTE_REPLY = 9;
  private static final int VOTE_REQUEST = 10;
  private static final int VOTE_REPLY = 11;
  private static final int APPEND = 12;
  private static final int APPEND_ACCEPTED = 13;
  private static final int APPEND_REJECTED = 14;
  private static final int BEAT = 15;
  private static final int BEAT_REPLY = 16;
  private static final int SNAPSHOT = 17;
  private static final int CAMPAIGN_NOW = 18;
  private static final int READ_INDEX_REQUEST = 19;
  private static final int READ_INDEX_REPLY = 20;
  private static final int QUIESCE_OFFER = 21;
  private static final int QUIESCE_REPLY = 22;
  private static final int NUDGE = 23;
  private static final int NOT_LEADING = 24;
  private static final int WITH_SPAN = 0x80;

  private static final EntryKind[] ENTRY_KINDS = EntryKind.values();

  private RangeMessageRecord() {}

  static void write(ByteWriter writer, RangeMessage rangeMessage) {
    Message message = rangeMessage.message();
    KeySpan span = rangeMessage.span();
    writer
        .u8(tag(message) | (span == null ? 0 : WITH_SPAN))
        .varint(rangeMessage.range().value())
        .varint(rangeMessage.to().value())
        .varint(message.from().value())
        .varint(message.term());
    if (span != null) {
      writer.sized(span.start().bytes()).sized(span.end().bytes());
    }
    writeBody(writer, message);
  }

  static RangeMessage read(ByteReader reader, int tag) {
    RangeId range = new RangeId(reader.varint());
    PeerId to = new PeerId(reader.varint());
    PeerId from = new PeerId(reader.varint());
    long term = reader.varint();
    KeySpan span = (tag & WITH_SPAN) == 0 ? null : readSpan(reader);
    return new RangeMessage(range, to, span, readBody(reader, tag & ~WITH_SPAN, from, term));
  }

  private static @Nullable KeySpan readSpan(ByteReader reader) {
    return new KeySpan(Key.of(reader.sized()), Key.of(reader.sized()));
  }

  private static int tag(Message message) {
    return switch (message) {
      case PreVoteRequest _ -> PRE_VOTE_REQUEST;
      case PreVoteReply _ -> PRE_VOTE_REPLY;
      case VoteRequest _ -> VOTE_REQUEST;
      case VoteReply _ -> VOTE_REPLY;
      case Append _ -> APPEND;
      case AppendReply reply ->
          switch (reply.result()) {
            case Accepted _ -> APPEND_ACCEPTED;
            case Rejected _ -> APPEND_REJECTED;
          };
      case Beat _ -> BEAT;
      case BeatReply _ -> BEAT_REPLY;
      case Snapshot _ -> SNAPSHOT;
      case CampaignNow _ -> CAMPAIGN_NOW;
      case ReadIndexRequest _ -> READ_INDEX_REQUEST;
      case ReadIndexReply _ -> READ_INDEX_REPLY;
      case QuiesceOffer _ -> QUIESCE_OFFER;
      case QuiesceReply _ -> QUIESCE_REPLY;
      case Nudge _ -> NUDGE;
      case NotLeading _ -> NOT_LEADING;
    };
  }

  private static void writeBody(ByteWriter writer, Message message) {
    switch (message) {
      case PreVoteRequest request -> {
        writeId(writer, request.last());
        writeId(writer, request.committed());
      }
      case PreVoteReply reply -> {
        writer.u8(reply.granted() ? 1 : 0);
        writeId(writer, reply.committed());
      }
      case VoteRequest request -> {
        writeId(writer, request.last());
        writer.u8(request.transfer() ? 1 : 0);
      }
      case VoteReply reply -> writer.u8(reply.granted() ? 1 : 0);
      case Append append -> writeAppend(writer, append);
      case AppendReply reply -> {
        switch (reply.result()) {
          case Accepted accepted -> writer.varint(accepted.lastIndex());
          case Rejected rejected -> {
            writer.varint(rejected.previousIndex());
            writeId(writer, rejected.hint());
          }
        }
      }
      case Beat beat -> writer.varint(beat.committed()).varint(beat.round());
      case BeatReply reply -> writer.varint(reply.round());
      case Snapshot snapshot -> {
        writeId(writer, snapshot.last());
        writePeers(writer, snapshot.membership().voters());
        writePeers(writer, snapshot.membership().outgoing());
        writePeers(writer, snapshot.membership().learners());
      }
      case CampaignNow _ -> {}
      case ReadIndexRequest request -> writer.signed(request.context());
      case ReadIndexReply reply -> writer.signed(reply.context()).varint(reply.index());
      case QuiesceOffer offer ->
          writer.varint(offer.last()).varint(offer.epoch()).varint(offer.round());
      case QuiesceReply reply ->
          writer.varint(reply.epoch()).varint(reply.round()).u8(reply.agreed() ? 1 : 0);
      case Nudge nudge -> writer.u8(nudge.wake() ? 1 : 0);
      case NotLeading _ -> {}
    }
  }

  private static Message readBody(ByteReader reader, int tag, PeerId from, long term) {
    return switch (tag) {
      case PRE_VOTE_REQUEST -> new PreVoteRequest(from, term, readId(reader), readId(reader));
      case PRE_VOTE_REPLY -> new PreVoteReply(from, term, reader.bool(), readId(reader));
      case VOTE_REQUEST -> new VoteRequest(from, term, readId(reader), reader.bool());
      case VOTE_REPLY -> new VoteReply(from, term, reader.bool());
      case APPEND -> readAppend(reader, from, term);
      case APPEND_ACCEPTED -> new AppendReply(from, term, new Accepted(reader.varint()));
      case APPEND_REJECTED ->
          new AppendReply(from, term, new Rejected(reader.varint(), readId(reader)));
      case BEAT -> new Beat(from, term, reader.varint(), reader.varint());
      case BEAT_REPLY -> new BeatReply(from, term, reader.varint());
      case SNAPSHOT -> new Snapshot(from, term, readId(reader), readMembership(reader));
      case CAMPAIGN_NOW -> new CampaignNow(from, term);
      case READ_INDEX_REQUEST -> new ReadIndexRequest(from, term, reader.signed());
      case READ_INDEX_REPLY -> new ReadIndexReply(from, term, reader.signed(), reader.varint());
      case QUIESCE_OFFER ->
          new QuiesceOffer(from, term, reader.varint(), reader.varint(), reader.varint());
      case QUIESCE_REPLY ->
          new QuiesceReply(from, term, reader.varint(), reader.varint(), reader.bool());
      case NUDGE -> new Nudge(from, term, reader.bool());
      case NOT_LEADING -> new NotLeading(from, term);
      default -> throw reader.bad("unknown message tag " + tag);
    };
  }

  /// Entries are consecutive, so an entry's index is not written; its term is, as the difference
  /// from the one before it.
  @SuppressWarnings("EnumOrdinal") // A kind's code is its ordinal, by its own contract.
  private static void writeAppend(ByteWriter writer, Append append) {
    List<Entry> entries = append.entries();
    writeId(writer, append.previous());
    writer.varint(append.committed()).varint(entries.size());
    EntryId before = append.previous();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.index() != before.index() + 1) {
        throw new IllegalArgumentException("entry " + entry + " after " + before);
      }
      writer.signed(entry.term() - before.term()).u8(entry.kind().ordinal());
      writer.sized(entry.payload());
      before = entry.id();
    }
  }

  private static Append readAppend(ByteReader reader, PeerId from, long term) {
    EntryId previous = readId(reader);
    long committed = reader.varint();
    int count = reader.count(3);
    List<Entry> entries = new ArrayList<>(count);
    long index = previous.index();
    long entryTerm = previous.term();
    for (int i = 0; i < count; i++) {
      entryTerm += reader.signed();
      index++;
      int kind = reader.u8();
      if (kind >= ENTRY_KINDS.length) {
        throw reader.bad("unknown entry kind " + kind);
      }
      entries.add(new Entry(entryTerm, index, ENTRY_KINDS[kind], reader.sized()));
    }
    return new Append(from, term, previous, entries, committed);
  }

  private static void writeId(ByteWriter writer, EntryId id) {
    writer.varint(id.term()).varint(id.index());
  }

  private static EntryId readId(ByteReader reader) {
    return new EntryId(reader.varint(), reader.varint());
  }

  private static void writePeers(ByteWriter writer, List<PeerId> peers) {
    writer.varint(peers.size());
    for (PeerId peer : peers) {
      writer.varint(peer.value());
    }
  }

  private static Membership readMembership(ByteReader reader) {
    return new Membership(readPeers(reader), readPeers(reader), readPeers(reader));
  }

  private static List<PeerId> readPeers(ByteReader reader) {
    int count = reader.count(1);
    List<PeerId> peers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      peers.add(new PeerId(reader.varint()));
    }
    return peers;
  }
}
