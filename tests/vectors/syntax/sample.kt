package org.demo
import org.tool.Box as Crate
import org.tool.*

const val LIMIT = 10
typealias Name = String

interface Shape {
    val area: Int
    fun draw(to: Canvas)
}
enum class Mode { FAST, SLOW }
object Single {
    fun get() = LIMIT
}
data class Point(val x: Int, y: Int) : Base(x), Shape {
    var total: Int = LIMIT
        get() = field + x
    companion object {
        fun make() = Point(1, 2)
    }
    constructor(s: String) : this(s.size, 0)
    fun <T> walk(list: List<T>, depth: Int): Crate<T>? {
        val local = list.map { it.size + depth }
        total += local.count(Single::get)
        for (each in list) run(each as Box)
        state.mode = Mode.FAST
        return when (local) { is Name -> Crate(local) else -> null }
    }
}
fun Point.extra() { helper("a $x ${Single.get()}") }
