package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import java.util.List;

/// What became of an operator's step on a range (split, membership change, leadership transfer).
public sealed interface AdminOutcome {
  /// Done and applied here; `descriptors` are what came out of it.
  record Done(List<RangeDescriptor> descriptors) implements AdminOutcome {}

  /// Definitely not done; may be asked again, elsewhere or later.
  record Refused(Refusal refusal) implements AdminOutcome {}

  /// Definitely not done, and to ask the same again at once is of no use.
  record Rejected(String reason) implements AdminOutcome {}

  /// It may or may not be, or become, done: look at the range's descriptor.
  record Unknown(String reason) implements AdminOutcome {}
}
