package io.flotilla.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The whole repository keeps the rules of the house.
final class TidyTest {
  @Test
  void repositoryIsTidy() {
    List<SourceText> sources = Repository.sources();
    List<Finding> findings = new ArrayList<>();
    sources.forEach(source -> findings.addAll(TextRules.check(source)));
    findings.addAll(TreeRules.check(sources.stream().filter(SourceText::isJava).toList()));
    findings.addAll(PackageRules.check(sources));
    String report = findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    assertEquals(0, findings.size(), () -> "\n" + report + "\n");
  }
}
