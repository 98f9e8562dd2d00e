// Conway's game of life on a torus: two-dimensional arrays, tuples, StringBuilder.
//   kiln run samples/life.cs -- 40 20 50
using System.Text;

int width = args.Length > 0 ? int.Parse(args[0]) : 40, height = args.Length > 1 ? int.Parse(args[1]) : 20, steps = args.Length > 2 ? int.Parse(args[2]) : 50;
var random = new Random(1);
var world = new bool[height, width];
for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
        world[y, x] = random.Next(3) == 0;

for (int step = 0; step < steps; step++)
{
    var next = new bool[height, width];
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        {
            int neighbours = 0;
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    if ((dx, dy) != (0, 0) && world[(y + dy + height) % height, (x + dx + width) % width])
                        neighbours++;
            next[y, x] = neighbours == 3 || world[y, x] && neighbours == 2;
        }
    world = next;
}

var picture = new StringBuilder();
for (int y = 0; y < height; y++)
{
    for (int x = 0; x < width; x++) picture.Append(world[y, x] ? '#' : '.');
    picture.AppendLine();
}
Console.Write(picture);
