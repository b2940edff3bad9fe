package io.flotilla.placement;

import io.flotilla.codec.ByteReader;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.RemoveLearner;
import io.flotilla.placement.Step.Split;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.Step.WaitForCatchUp;

/// The layouts of instructions and their steps: a code, then the step's fields. Codes are never
/// reused.
final class StepLayout {
  private StepLayout() {}

  static void instruction(ByteSink out, Instruction instruction) {
    ValueLayout.range(out, instruction.range());
    out.varint(instruction.generation());
    step(out, instruction.step());
  }

  static Instruction instruction(ByteReader in) {
    return new Instruction(ValueLayout.range(in), in.varint(), step(in));
  }

  private static void step(ByteSink out, Step step) {
    switch (step) {
      case AddLearner(var store, var peer) -> {
        ValueLayout.store(out.u8(1), store);
        ValueLayout.peer(out, peer);
      }
      case WaitForCatchUp(var peer) -> ValueLayout.peer(out.u8(2), peer);
      case ChangeReplicas(var target) -> out.u8(3).list(target, ValueLayout::replica);
      case RemoveLearner(var peer) -> ValueLayout.peer(out.u8(4), peer);
      case Split(var whole, var right, var replicas, var at) -> {
        ValueLayout.span(out.u8(5), whole);
        ValueLayout.range(out, right);
        out.list(replicas, ValueLayout::replica);
        ValueLayout.optional(out, at, ValueLayout::key);
      }
      case TransferLeader(var store, var peer) -> {
        ValueLayout.store(out.u8(6), store);
        ValueLayout.peer(out, peer);
      }
    }
  }

  private static Step step(ByteReader in) {
    int code = in.u8();
    return switch (code) {
      case 1 -> new AddLearner(ValueLayout.store(in), ValueLayout.peer(in));
      case 2 -> new WaitForCatchUp(ValueLayout.peer(in));
      case 3 -> new ChangeReplicas(ValueLayout.replicas(in));
      case 4 -> new RemoveLearner(ValueLayout.peer(in));
      case 5 ->
          new Split(
              ValueLayout.span(in),
              ValueLayout.range(in),
              ValueLayout.replicas(in),
              ValueLayout.optional(in, ValueLayout::key));
      case 6 -> new TransferLeader(ValueLayout.store(in), ValueLayout.peer(in));
      default -> throw in.bad("unknown step " + code);
    };
  }
}
