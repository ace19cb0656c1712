<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>AddControlAlgorithm</name>
    <message>
        <source>Add control layer</source>
        <translation>导入管控图层</translation>
    </message>
    <message>
        <source>Imports a control layer into the file beside the plan file, transformed to the plan&apos;s coordinates and repaired; what cannot be repaired is set aside and reported. A table without geometry of kind heritage is a protection list. Kinds:</source>
        <translation>将管控图层导入规划文件旁的图层文件，转换到规划的坐标系并修复几何错误；无法修复的图斑另行存放并在报告中列出。类型为 heritage 且没有图形的表视为保护名录。图层类型：</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Source layer or table</source>
        <translation>源图层或表</translation>
    </message>
    <message>
        <source>Filter (SQL WHERE of the source)</source>
        <translation>筛选条件（源数据的 SQL WHERE 子句）</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>图斑数</translation>
    </message>
    <message>
        <source>Repaired</source>
        <translation>修复数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>CheckAlgorithm</name>
    <message>
        <source>Check plan</source>
        <translation>规划质检</translation>
    </message>
    <message>
        <source>Runs the rules on the plan, stores the findings in the plan file and, on wish, writes them to a vector file or a CSV table. A rule whose layer is missing is reported as not checked, never as passed. Counts leave out findings that a waiver excuses.</source>
        <translation>对规划执行质检规则，将问题存入规划文件，并可输出为矢量文件或 CSV 表。缺少所需图层的规则列为“未检查”，不视为通过。已有例外说明的问题不计入数量。</translation>
    </message>
    <message>
        <source>Rules, separated by commas (empty: all)</source>
        <translation>规则，以逗号分隔（留空为全部）</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Severity A</source>
        <translation>A 类（严重）</translation>
    </message>
    <message>
        <source>Severity B</source>
        <translation>B 类（重要）</translation>
    </message>
    <message>
        <source>Severity C</source>
        <translation>C 类（一般）</translation>
    </message>
    <message>
        <source>Waived</source>
        <translation>例外说明数</translation>
    </message>
    <message>
        <source>Rules not checked</source>
        <translation>未检查的规则数</translation>
    </message>
</context>
<context>
    <name>CreatePlanAlgorithm</name>
    <message>
        <source>Create plan</source>
        <translation>新建规划</translation>
    </message>
    <message>
        <source>Creates a plan file (.gpkg) from a village roster and from layers of villages, townships and settlement patches. Columns are recognised by name and content. Other rosters are compared with the first; every difference is kept for settlement. The report says row by row what was changed, joined or left over. The source files are not changed. A layer inside a container is named as path|layername=name.</source>
        <translation>根据村庄名册和行政村、乡镇、居民点用地图层建立规划文件（.gpkg）。字段按名称和内容自动识别。其他名册与主名册逐一比对，差异全部保留待处理。报告逐行说明哪些数据被修改、已连接或未匹配。源文件不会被改动。数据库或容器中的图层写作“路径|layername=图层名”。</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>成果标准</translation>
    </message>
    <message>
        <source>Title of the plan</source>
        <translation>规划名称</translation>
    </message>
    <message>
        <source>County code (6 digits)</source>
        <translation>县级行政区代码（6 位）</translation>
    </message>
    <message>
        <source>Base year</source>
        <translation>基期年</translation>
    </message>
    <message>
        <source>Target years, separated by commas</source>
        <translation>目标年，以逗号分隔</translation>
    </message>
    <message>
        <source>Village roster</source>
        <translation>村庄名册</translation>
    </message>
    <message>
        <source>Other rosters to compare</source>
        <translation>参与比对的其他名册</translation>
    </message>
    <message>
        <source>Village polygons</source>
        <translation>行政村界线</translation>
    </message>
    <message>
        <source>Township polygons</source>
        <translation>乡镇界线</translation>
    </message>
    <message>
        <source>Settlement patches</source>
        <translation>居民点用地</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Replace an existing plan file</source>
        <translation>覆盖已有规划文件</translation>
    </message>
    <message>
        <source>Villages</source>
        <translation>村庄数</translation>
    </message>
    <message>
        <source>Roster differences</source>
        <translation>名册差异数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>DecideAlgorithm</name>
    <message>
        <source>Take decisions from a table</source>
        <translation>从表格录入布局决定</translation>
    </message>
    <message>
        <source>Takes categories, actions, moves and consents from a table (one row per hamlet, several rows for several moves). The rows of a village are taken together or refused together; the report gives the reason for each wrong row.</source>
        <translation>从表格录入村庄类别、布局引导、迁并任务和村民意愿（每个居民点一行，多项迁并任务可占多行）。同一村庄的各行一并接受或一并退回，报告列出每一错误行的原因。</translation>
    </message>
    <message>
        <source>Table of decisions</source>
        <translation>布局决定表</translation>
    </message>
    <message>
        <source>Rows accepted</source>
        <translation>接受行数</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>退回行数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>DemoAlgorithm</name>
    <message>
        <source>Write demo data</source>
        <translation>生成示例数据</translation>
    </message>
    <message>
        <source>Writes the source files of a fictitious township or county as planners have them: rosters, village and patch polygons, land use, control lines, decisions. With known faults it also writes what a check must find.</source>
        <translation>生成一个虚构乡镇或县的源数据，形式与实际工作中的资料一致：名册、行政村和居民点用地、三调地类图斑、管控线、布局决定。选择预置已知问题时，同时给出质检应当发现的问题清单。</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>规模</translation>
    </message>
    <message>
        <source>Planted faults</source>
        <translation>预置问题</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Folder of the source files</source>
        <translation>源数据文件夹</translation>
    </message>
    <message>
        <source>What a check must find</source>
        <translation>质检应发现的问题</translation>
    </message>
    <message>
        <source>Steps to run</source>
        <translation>执行步骤</translation>
    </message>
</context>
<context>
    <name>InspectAlgorithm</name>
    <message>
        <source>Inspect package</source>
        <translation>成果质检</translation>
    </message>
    <message>
        <source>Inspects a submission package (folder or zip), also one that this program did not write: its tree, whether files open, layers, fields, mandatory values, manifest, and the plan rules on what it holds. Nothing in the package is executed or changed.</source>
        <translation>对成果包（文件夹或 zip）进行质检，包括并非由本程序生成的成果包：目录结构、文件能否打开、图层、字段、必填项、文件清单，并对其中的规划内容执行质检规则。不会执行或改动成果包中的任何内容。</translation>
    </message>
    <message>
        <source>Package (folder or zip)</source>
        <translation>成果包（文件夹或 zip）</translation>
    </message>
    <message>
        <source>Profile (empty: the package&apos;s own)</source>
        <translation>成果标准（留空则按成果包自身标准）</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Severity A</source>
        <translation>A 类（严重）</translation>
    </message>
    <message>
        <source>Severity B</source>
        <translation>B 类（重要）</translation>
    </message>
    <message>
        <source>Severity C</source>
        <translation>C 类（一般）</translation>
    </message>
    <message>
        <source>Rules not checked</source>
        <translation>未检查的规则数</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
</context>
<context>
    <name>PackageAlgorithm</name>
    <message>
        <source>Write package</source>
        <translation>生成成果包</translation>
    </message>
    <message>
        <source>Writes the submission package into a folder: layers, tables, metadata, manifest. A draft is always possible and says so; a formal edition is refused while a finding of severity A is open. The folder changes only when everything succeeded.</source>
        <translation>将成果包写入文件夹：图层、表格、元数据、文件清单。草稿随时可以生成，并标明“草稿”；存在未处理的 A 类问题时，不能生成正式版本。全部成功后才会改动目标文件夹。</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Edition</source>
        <translation>成果版本</translation>
    </message>
    <message>
        <source>Formats, separated by commas</source>
        <translation>格式，以逗号分隔</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>成果包</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件数</translation>
    </message>
</context>
<context>
    <name>PlanLayers</name>
    <message>
        <source>Findings (places)</source>
        <translation>问题（点）</translation>
    </message>
    <message>
        <source>Findings (areas)</source>
        <translation>问题（面）</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并任务</translation>
    </message>
    <message>
        <source>Hamlets</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Villages by category</source>
        <translation>村庄分类</translation>
    </message>
    <message>
        <source>Control layers</source>
        <translation>管控图层</translation>
    </message>
    <message>
        <source>Not classified</source>
        <translation>未分类</translation>
    </message>
    <message>
        <source>Not decided</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>Unphased</source>
        <translation>未定时序</translation>
    </message>
</context>
<context>
    <name>Processing</name>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Scenario (empty: the adopted one)</source>
        <translation>方案（留空为采用方案）</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>Requirements</name>
    <message>
        <source>Village Planner needs Python packages that this QGIS lacks or has too old: {0}.</source>
        <translation>“村庄布局规划”插件需要以下 Python 软件包，而当前 QGIS 缺少或版本过低：{0}。</translation>
    </message>
    <message>
        <source>Without a network, use the offline installer or package files from another computer. Then restart QGIS.</source>
        <translation>没有网络时，请使用离线安装包，或从其他电脑拷贝软件包文件。安装后请重新启动 QGIS。</translation>
    </message>
    <message>
        <source>Windows: the standalone QGIS installer (.msi) carries them. With OSGeo4W, start its Setup, choose Advanced Install and select qgis-full, or these packages: {0}.</source>
        <translation>Windows：QGIS 独立安装包（.msi）已自带。使用 OSGeo4W 时，请运行其安装程序，选择“Advanced Install”，勾选 qgis-full 或以下软件包：{0}。</translation>
    </message>
    <message>
        <source>macOS: install QGIS from conda-forge, which carries them: conda install -c conda-forge qgis {0}</source>
        <translation>macOS：请从 conda-forge 安装 QGIS，其中已自带：conda install -c conda-forge qgis {0}</translation>
    </message>
    <message>
        <source>conda: conda install -c conda-forge {0}</source>
        <translation>conda：conda install -c conda-forge {0}</translation>
    </message>
    <message>
        <source>Debian, Ubuntu, UOS, Kylin: sudo apt install {0}. Debian 12 has shapely 1.8: install a newer one for your user from a package file, python3 -m pip install --user --break-system-packages &quot;shapely&gt;=2.0,&lt;2.1&quot; &quot;numpy&lt;2&quot;.</source>
        <translation>Debian、Ubuntu、统信 UOS、银河麒麟：sudo apt install {0}。Debian 12 自带的 shapely 为 1.8，请为当前用户从软件包文件安装较新版本：python3 -m pip install --user --break-system-packages &quot;shapely&gt;=2.0,&lt;2.1&quot; &quot;numpy&lt;2&quot;。</translation>
    </message>
</context>
<context>
    <name>VillagePlannerProvider</name>
    <message>
        <source>Village Planner</source>
        <translation>村庄布局规划</translation>
    </message>
</context>
</TS>
