package vn.loive.state

import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readLines
import kotlin.io.path.toPath
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val LIST = "tests/bindings/stories.toml"
private val ID = Regex("""id = "([a-z-]+)"""")

/** The repository in which this stands. */
internal val ROOT: Path = Path.of(checkNotNull(System.getProperty("loive.root")))

/** The stories told here are those that every language tells, no more and no fewer. */
class ListTest {
    @Test
    fun `every story of the list is told`() {
        val listed = ROOT.resolve(LIST).readLines().mapNotNull { ID.matchEntire(it.trim()) }
        val ids = listed.map { it.groupValues[1] }.sorted()
        assertTrue(ids.size > 10, "$ids")
        val told = classes("Stories") + classes("Checks")
        val names = told.flatMap { it.methods.asList() }.filter { it.isAnnotationPresent(TEST) }
        assertEquals(ids, names.map { it.name }.sorted())
    }

    /** Every class of the tests whose name ends so. */
    private fun classes(ending: String): List<Class<*>> {
        val here = checkNotNull(javaClass.getResource("ListTest.class")).toURI().toPath().parent
        return here.listDirectoryEntries("*$ending.class").map {
            Class.forName("${javaClass.packageName}.${it.nameWithoutExtension}")
        }
    }

    private companion object {
        val TEST = Test::class.java
    }
}
