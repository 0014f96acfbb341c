package org.vmi4j.shell;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The arrows between modules, and between the packages inside them. Here, since only the shell has
 * every module on its path.
 */
@AnalyzeClasses(packages = "org.vmi4j", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.vmi4j.";
  private static final Path HOUSE = Path.of("").toAbsolutePath().getParent();

  private static final Pattern MODULE = Pattern.compile("(?m)^module ([\\w.]+)");
  private static final Pattern EXPORTS = Pattern.compile("(?m)^  exports ([\\w.]+)");

  /** For each module those that its classes may name; a driver is named by none. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "api", Set.of(),
          "testkit", Set.of("api"),
          "profiles", Set.of("api"),
          "events", Set.of("api"),
          "os", Set.of("api", "profiles"),
          "xenabi", Set.of("api"),
          "snapshot", Set.of("api", "xenabi"),
          "xen", Set.of("api", "xenabi"),
          "plugins", Set.of("api", "profiles", "os"),
          "shell", Set.of("api", "profiles", "os", "events", "plugins"));

  @ArchTest
  static final ArchRule modulesFollowTheArrows =
      classes().that().resideInAPackage("org.vmi4j..").should(new FollowTheArrows());

  @ArchTest
  static final ArchRule apiNeedsNothingButTheJdk =
      classes()
          .that()
          .resideInAPackage(ROOT + "api..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", ROOT + "api..");

  /** But for the entry point, {@code Vmi} and {@code Vm}, which is beside the errors of all. */
  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching(ROOT + "(**)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(resideInAPackage(ROOT + "api"), alwaysTrue());

  @ArchTest
  static final ArchRule noTwoClassesInDifferentPackagesNeedEachOther =
      classes().that().resideInAPackage("org.vmi4j..").should(new BeNeededOneWay());

  @ArchTest
  static final ArchRule whatIsNotExportedIsUsedByItsModuleOnly =
      classes().that().resideInAPackage("org.vmi4j..").should(new UseWhatIsExported());

  /** The drawing is made from the code; this compares, and says what to draw. */
  @ArchTest
  static void thePackagesAreDrawnAsTheyAre(JavaClasses all) throws IOException {
    String drawn = Files.readString(HOUSE.resolve("CONTRIBUTING.md"));
    String drawing = PackageDrawing.of(all, ROOT);
    assertThat(drawn.contains(drawing))
        .as("CONTRIBUTING.md does not draw the packages as they are. Put this there:%n%s", drawing)
        .isTrue();
  }

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern COMMAND_LINE =
      Pattern.compile("(^|[ (\"])--[a-z]|\\bvmi (help|list|doctor)\\b|\\bxen:[a-z]|\\?hole=");

  /** Options and URIs are the shell's and the drivers': an error carries a remedy instead. */
  @Test
  void libraryMessagesNameNoCommandLine() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module : Set.of("vmi-api", "vmi-profiles", "vmi-os", "vmi-events")) {
      try (Stream<Path> files = Files.walk(HOUSE.resolve(module).resolve("src/main/java"))) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          Files.readAllLines(file).stream()
              .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/"))
              .flatMap(line -> TEXT.matcher(line).results().map(result -> result.group()))
              .filter(text -> COMMAND_LINE.matcher(text).find())
              .forEach(text -> found.add(file.getFileName() + ": " + text));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static String module(JavaClass of) {
    return of.getPackageName().substring(ROOT.length()).split("\\.", 2)[0];
  }

  private static boolean isModuleInfo(Path file, BasicFileAttributes attributes) {
    return file.endsWith(Path.of("src", "main", "java", "module-info.java"));
  }

  private static boolean isOurs(JavaClass of) {
    return of.getPackageName().startsWith(ROOT);
  }

  private static final class FollowTheArrows extends ArchCondition<JavaClass> {
    FollowTheArrows() {
      super("name only classes of their own module and of those it may depend on");
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
      String module = module(from);
      Set<String> allowed = ARROWS.get(module);
      if (allowed == null) {
        events.add(violated(from, from.getName() + " is in no known module"));
        return;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (isOurs(to) && !module(to).equals(module) && !allowed.contains(module(to))) {
          events.add(violated(from, dependency.getDescription()));
        }
      }
    }
  }

  private static final class BeNeededOneWay extends ArchCondition<JavaClass> {
    BeNeededOneWay() {
      super("not need a class of another package that needs them");
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        boolean apart = isOurs(to) && !to.getPackageName().equals(from.getPackageName());
        if (apart && needs(to, from)) {
          events.add(violated(from, dependency.getDescription() + ", and the other way"));
        }
      }
    }

    private static boolean needs(JavaClass from, JavaClass to) {
      return from.getDirectDependenciesFromSelf().stream()
          .anyMatch(dependency -> dependency.getTargetClass().getBaseComponentType().equals(to));
    }
  }

  private static final class UseWhatIsExported extends ArchCondition<JavaClass> {
    private final Map<String, Set<String>> exports = new HashMap<>();

    UseWhatIsExported() {
      super("use of other modules only what they export");
      try (Stream<Path> files = Files.find(HOUSE, 5, ArchitectureTest::isModuleInfo)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String text = Files.readString(file);
          Set<String> packages = new TreeSet<>();
          EXPORTS.matcher(text).results().forEach(export -> packages.add(export.group(1)));
          exports.put(MODULE.matcher(text).results().findFirst().orElseThrow().group(1), packages);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (isOurs(to)
            && !module(to).equals(module(from))
            && !exports.get(ROOT + module(to)).contains(to.getPackageName())) {
          events.add(violated(from, dependency.getDescription() + ", which is not exported"));
        }
      }
    }
  }
}
