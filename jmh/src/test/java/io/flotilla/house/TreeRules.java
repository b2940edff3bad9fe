package io.flotilla.house;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Rules about the shape of Java: length of functions, names of types, exceptions that are
/// swallowed. The compiler parses; nothing is resolved, so a file need not compile on its own.
final class TreeRules {
  static final int FUNCTION_LINES_MAX = 60;

  private static final Pattern BANNED_NAME =
      Pattern.compile("^(Abstract|I(?=[A-Z][a-z])).*|.*(Impl|Managers?|Helpers?|Utils?|Base)$");
  private static final Map<String, String> BANNED_WORDS =
      new TreeMap<>(
          Map.of(
              "Region", "Range",
              "Shard", "Range",
              "Tablet", "Range",
              "Metadata", "Descriptor"));
  private static final Set<String> CATCH_ALL = Set.of("Throwable", "Exception", "RuntimeException");

  private TreeRules() {}

  static List<Finding> check(List<SourceText> sources) {
    Map<URI, SourceText> byUri =
        sources.stream().collect(Collectors.toMap(TreeRules::uriOf, source -> source));
    List<Parsed> files = sources.stream().map(Parsed::new).toList();
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task = (JavacTask) compiler.getTask(null, null, problem -> {}, List.of(), null, files);
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    List<Finding> findings = new ArrayList<>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        SourceText source = byUri.get(unit.getSourceFile().toUri());
        new Scanner(source, unit, positions, findings).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return findings;
  }

  private static URI uriOf(SourceText source) {
    return URI.create("text:///" + source.path());
  }

  private static final class Parsed extends SimpleJavaFileObject {
    private final String text;

    Parsed(SourceText source) {
      super(uriOf(source), JavaFileObject.Kind.SOURCE);
      text = source.text();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final SourceText source;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Finding> findings;

    Scanner(
        SourceText source,
        CompilationUnitTree unit,
        SourcePositions positions,
        List<Finding> findings) {
      this.source = source;
      this.unit = unit;
      this.positions = positions;
      this.findings = findings;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      String name = type.getSimpleName().toString();
      if (BANNED_NAME.matcher(name).matches()) {
        find(
            type,
            "type "
                + name
                + ": name what it is, without Impl, Manager, Helper, Util, Base,"
                + " Abstract or I");
      }
      BANNED_WORDS.forEach((word, instead) -> {
        if (name.matches("(.*[a-z0-9])?" + word + "(?![a-z]).*")) {
          find(type, "type " + name + ": the glossary says " + instead + ", not " + word);
        }
      });
      return super.visitClass(type, nothing);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      long lines = lastLine(method) - lineOf(method) + 1;
      if (lines > FUNCTION_LINES_MAX) {
        find(method, method.getName() + " has " + lines + " lines, at most " + FUNCTION_LINES_MAX);
      }
      return super.visitMethod(method, nothing);
    }

    @Override
    public @Nullable Void visitCatch(CatchTree clause, @Nullable Void nothing) {
      String caught = clause.getParameter().getType().toString();
      if (source.isDeterministic() && CATCH_ALL.contains(caught) && !passesOn(clause)) {
        find(
            clause,
            "catches every "
                + caught
                + " and drops it: let it reach the loop, which"
                + " poisons the one replica");
      }
      return super.visitCatch(clause, nothing);
    }

    private static boolean passesOn(CatchTree clause) {
      var used =
          new TreeScanner<Boolean, String>() {
            @Override
            public Boolean visitThrow(ThrowTree statement, String name) {
              return true;
            }

            @Override
            public Boolean visitIdentifier(IdentifierTree identifier, String name) {
              return identifier.getName().contentEquals(name);
            }

            @Override
            public Boolean visitLambdaExpression(LambdaExpressionTree lambda, String name) {
              return super.visitLambdaExpression(lambda, name);
            }

            @Override
            public Boolean reduce(Boolean one, Boolean other) {
              return Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other);
            }
          };
      String name = clause.getParameter().getName().toString();
      return Boolean.TRUE.equals(used.scan(clause.getBlock(), name));
    }

    private void find(Tree tree, String message) {
      findings.add(new Finding(source.path(), lineOf(tree), message));
    }

    private long lineOf(Tree tree) {
      return unit.getLineMap().getLineNumber(Math.max(0, positions.getStartPosition(unit, tree)));
    }

    private long lastLine(Tree tree) {
      return unit.getLineMap().getLineNumber(Math.max(0, positions.getEndPosition(unit, tree)));
    }
  }
}
